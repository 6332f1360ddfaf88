import type { ApiClient } from "./api-client";
import { readCredentials, writeCredentials } from "./credentials";
import { network } from "./network";
import type { Sandbox } from "./sandbox";

/** The template that a new lab has, and the image that it is made from. */
export const template = {
  vmid: 9000,
  name: "debian-12",
  image: `http://${network.gateway}/images/debian-12.qcow2`,
} as const;

/** The user that a new lab has besides root: may look at everything and change nothing. */
const limitedUser = "limited@pve";

/** Puts into a new lab what every lab starts with. What is there already stays as it is. */
export async function seedLab(api: ApiClient, sandbox: Sandbox): Promise<void> {
  const guests = await api.get<{ vmid: number }[]>("/nodes/pve1/qemu");
  if (!guests.some((guest) => guest.vmid === template.vmid)) await makeTemplate(api);
  const users = await api.get<{ userid: string }[]>("/access/users");
  if (!users.some((user) => user.userid === limitedUser)) await makeLimitedUser(api, sandbox);
}

async function makeTemplate(api: ApiClient): Promise<void> {
  const content = await api.get<{ volid: string }[]>(
    "/nodes/pve1/storage/local/content?content=import",
  );
  const image = "local:import/debian-12.qcow2";
  if (!content.some(({ volid }) => volid === image)) {
    await api.send("POST", "/nodes/pve1/storage/local/download-url", {
      content: "import",
      filename: "debian-12.qcow2",
      url: template.image,
    });
  }
  await api.send("POST", "/nodes/pve1/qemu", {
    vmid: template.vmid,
    name: template.name,
    memory: 1024,
    cores: 2,
    cpu: "x86-64-v2-AES",
    ostype: "l26",
    scsihw: "virtio-scsi-single",
    scsi0: `local:0,import-from=${image},discard=on,iothread=1`,
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

async function makeLimitedUser(api: ApiClient, sandbox: Sandbox): Promise<void> {
  await api.send("POST", "/access/users", {
    userid: limitedUser,
    comment: "looks at everything, changes nothing",
  });
  await api.send("PUT", "/access/acl", { path: "/", roles: "PVEAuditor", users: limitedUser });
  const made = (await api.send("POST", `/access/users/${limitedUser}/token/labwright`, {
    privsep: 0,
  })) as { "full-tokenid": string; value: string };
  writeCredentials(sandbox, {
    ...readCredentials(sandbox),
    limitedToken: `${made["full-tokenid"]}=${made.value}`,
  });
}
