/** A lab with storage: a server that shares directories, and a machine that uses one. */
import * as pulumi from "@pulumi/pulumi";
import {
  Filesystem,
  GaneshaServer,
  KernelNfsServer,
  Mount,
  NfsMount,
  NfsShare,
  ProxmoxNode,
  Vm,
} from "../components";

export function storage(key: string) {
  const pve = new ProxmoxNode({
    node: "pve1",
    template: 9000,
    gateway: "10.77.0.1",
    authorizedKeys: [key],
  });

  const nasvm = new Vm("nasvm1", {
    on: pve,
    address: "10.77.0.20/24",
    bootTier: "storage",
    dataDisks: { scsi1: { sizeGiB: 100 } },
  });
  const appvm = new Vm("appvm1", { on: pve, address: "10.77.0.90/24" });

  const nfs = new KernelNfsServer("nfs", { host: nasvm.host });
  const media = new NfsShare("media", { server: nfs, path: "/srv/media", clients: [appvm] });

  new NfsMount("app-media", { host: appvm.host, share: media, at: "/media" });

  new NfsShare("photos", {
    server: nfs,
    path: "/srv/photos",
    owner: "photos",
    group: "photos",
    mode: "2770",
    clients: [
      { host: appvm, squash: "none" },
      { network: "10.77.0.0/24", access: "ro" },
    ],
  });
  disk(nasvm);
  return { media: media.handle };
}

/** A disk of the machine with a file system of its own. */
function disk(nasvm: Vm) {
  const films = new Filesystem("films", {
    host: nasvm.host.connection,
    device: "/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_drive-scsi1",
    type: "ext4",
    label: "films",
  });
  new Mount("films-mount", {
    host: nasvm.host.connection,
    what: pulumi.interpolate`UUID=${films.uuid}`,
    where: "/srv/films",
    type: "ext4",
  });
}

/** The same in user space, for a machine whose kernel has no NFS server. */
export function ganesha(key: string) {
  const pve = new ProxmoxNode({
    node: "pve1",
    template: 9000,
    gateway: "10.77.0.1",
    authorizedKeys: [key],
  });
  const nasvm = new Vm("nasvm2", { on: pve, address: "10.77.0.21/24", bootTier: "storage" });
  const nfs = new GaneshaServer("nfs", { host: nasvm.host });
  new NfsShare("music", { server: nfs, path: "/srv/music", clients: ["10.77.0.0/24"] });
}
