/** A machine with a disk of the node to itself, and one that starts from the sandbox's template with a kernel of its own. */
import { type ProxmoxNode, Vm } from "../components";

/** The node has to be reached with the login of `root@pam`: Proxmox VE gives disks to nobody else. */
export function disks(pve: ProxmoxNode) {
  const nas = new Vm("nas1", {
    on: pve,
    address: "10.77.0.70/24",
    bootTier: "storage",
    passthroughDisks: {
      scsi1: { disk: "/dev/disk/by-id/ata-WDC_WD40EFRX_WD-WCC7K1234567", serial: "tank-1" },
    },
  });
  return nas.host.handle;
}

export function kernel(pve: ProxmoxNode) {
  new Vm("nas1", { on: pve, template: 9001, address: "10.77.0.70/24" });
}
