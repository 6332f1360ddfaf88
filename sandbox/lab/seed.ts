import * as fs from "node:fs";
import * as path from "node:path";
import type { ApiClient } from "./api-client";
import { limitedUser } from "./credentials";
import { network } from "./network";
import type { Sandbox } from "./sandbox";

interface Template {
  vmid: number;
  name: string;
  /** The image in the storage `local` that it is made from. It decides how clones run. */
  image: string;
  description: string;
  tags?: string;
}

/** The templates that a new lab has. */
export const templates: Template[] = [
  {
    vmid: 9000,
    name: "debian-12",
    image: "debian-12.qcow2",
    description: "Debian 12 with cloud-init: clone it",
  },
  {
    vmid: 9001,
    name: "debian-12-kernel",
    image: "debian-12-kernel.qcow2",
    description:
      "Debian 12 with cloud-init and a kernel of its own: clones run under QEMU's emulation, slower than those of 9000. " +
      "Needs: labwright sandbox up --kernel-machines",
    tags: "qemu",
  },
];

/** Puts into a new lab what every lab starts with. What is there already stays as it is. */
export async function seedLab(api: ApiClient, sandbox: Sandbox): Promise<void> {
  const guests = await api.get<{ vmid: number }[]>("/nodes/pve1/qemu");
  for (const template of templates) {
    if (!guests.some((guest) => guest.vmid === template.vmid))
      await makeTemplate(api, sandbox, template);
  }
  await api.send("PUT", "/access/acl", { path: "/", roles: "PVEAuditor", users: limitedUser });
}

async function makeTemplate(api: ApiClient, sandbox: Sandbox, template: Template): Promise<void> {
  const file = path.join(sandbox.apiDir, "storage/local/import", template.image);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.copyFileSync(path.join(sandbox.imagesDir, template.image), file);
  await api.send("POST", "/nodes/pve1/qemu", {
    vmid: template.vmid,
    name: template.name,
    memory: 1024,
    cores: 2,
    cpu: "x86-64-v2-AES",
    ostype: "l26",
    scsihw: "virtio-scsi-single",
    scsi0: `local:0,import-from=local:import/${template.image},discard=on,iothread=1`,
    boot: "order=scsi0",
    ide2: "local:cloudinit",
    net0: `virtio,bridge=${network.bridge}`,
    serial0: "socket",
    vga: "serial0",
    agent: "enabled=1",
    description: template.description,
    ...(template.tags !== undefined && { tags: template.tags }),
  });
  await api.send("POST", `/nodes/pve1/qemu/${template.vmid}/template`);
}
