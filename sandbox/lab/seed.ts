import * as fs from "node:fs";
import * as path from "node:path";
import type { ApiClient } from "./api-client";
import { limitedUser } from "./credentials";
import { network } from "./network";
import type { Sandbox } from "./sandbox";

/** The template that a new lab has, and the image in the storage `local` that it is made from. */
export const template = {
  vmid: 9000,
  name: "debian-12",
  image: "debian-12.qcow2",
} as const;

/** Puts into a new lab what every lab starts with. What is there already stays as it is. */
export async function seedLab(api: ApiClient, sandbox: Sandbox): Promise<void> {
  const guests = await api.get<{ vmid: number }[]>("/nodes/pve1/qemu");
  if (!guests.some((guest) => guest.vmid === template.vmid)) await makeTemplate(api, sandbox);
  await api.send("PUT", "/access/acl", { path: "/", roles: "PVEAuditor", users: limitedUser });
}

async function makeTemplate(api: ApiClient, sandbox: Sandbox): Promise<void> {
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
    description: "Debian 12 with cloud-init: clone it",
  });
  await api.send("POST", `/nodes/pve1/qemu/${template.vmid}/template`);
}
