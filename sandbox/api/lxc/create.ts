import { badParameters, errorText, failure } from "../api-error";
import { emptyConfig, type Options } from "../guests/config-file";
import { cryptPassword, normaliseTags } from "../guests/option-values";
import type { Call } from "../routes/call";
import { addToPool, checkMayAllocate } from "../qemu/create";
import type { Task } from "../tasks/task-manager";
import { startContainer } from "./power";
import { allocateMountPoint, checkMountPoint, isMountKey, templateFile } from "./mount-points";
import { isNetKey, normaliseNet } from "./networks";

const NOT_OPTIONS = [
  "ostemplate",
  "password",
  "ssh-public-keys",
  "pool",
  "storage",
  "start",
  "force",
  "restore",
  "unique",
  "bwlimit",
  "ignore-unpack-errors",
  "ha-managed",
];
const DEFAULT_ROOTFS_GIB = 4;
const DISTRIBUTIONS = [
  "debian",
  "devuan",
  "ubuntu",
  "centos",
  "fedora",
  "opensuse",
  "archlinux",
  "alpine",
  "gentoo",
];

/** `POST /nodes/NODE/lxc`. */
export function createContainer(call: Call): string {
  const { node, vmid } = call;
  const pool = call.optional("pool");
  checkMayAllocate(call, vmid, pool);
  const id = String(vmid);
  if (node.guests.typeOf(vmid) !== undefined)
    throw failure(`unable to create CT ${id} - CT ${id} already exists on node '${node.name}'`);
  if (call.flag("restore")) throw failure("restoring containers is not supported here");
  const options: Options = call.without(...NOT_OPTIONS);
  options.rootfs ??= `${call.optional("storage") ?? "local"}:${String(DEFAULT_ROOTFS_GIB)}`;
  for (const [key, value] of Object.entries(options))
    if (isMountKey(key)) checkMountPoint(node, key, value, call.isRoot);
  const ostemplate = call.text("ostemplate");
  const image = templateFile(node, ostemplate);
  const ostype = options.ostype ?? distributionOf(ostemplate);
  const sshKeys = (call.optional("ssh-public-keys") ?? "")
    .split("\n")
    .map((key) => key.trim())
    .filter((key) => key !== "");
  const badKey = sshKeys.find((key) => !/^(ssh|ecdsa|sk)-\S+ \S+/.test(key));
  if (badKey !== undefined)
    throw badParameters({ "ssh-public-keys": "SSH public key validation error" });
  const entry = { vmid, type: "lxc" } as const;
  node.guests.save(entry, emptyConfig({ lock: "create" }));
  return call.task("vzcreate", id, (task) =>
    node.locks.with(vmid, async () => {
      const password = call.optional("password");
      const hash = password === undefined ? undefined : await cryptPassword(password);
      const built = await build(call, { ...options, ostype }, image, task);
      node.firstLogins.value[id] = { sshKeys, ...(hash !== undefined && { password: hash }) };
      node.firstLogins.save();
      node.guests.save(entry, emptyConfig(built));
      if (pool !== undefined) addToPool(call, pool, vmid);
      if (call.flag("start"))
        call.task("vzstart", id, (start) => startContainer(node, vmid, start));
    }),
  );
}

/** Which distribution a template's name speaks of. */
const distributionOf = (ostemplate: string): string =>
  DISTRIBUTIONS.find((name) => ostemplate.toLowerCase().includes(name)) ?? "unmanaged";

async function build(call: Call, given: Options, image: string, task: Task): Promise<Options> {
  const { node, vmid } = call;
  const options: Options = { arch: "amd64", memory: "512", swap: "512" };
  const made: string[] = [];
  try {
    for (const key of Object.keys(given).sort()) {
      const value = given[key] ?? "";
      if (isMountKey(key)) {
        const source = key === "rootfs" ? image : undefined;
        const allocated = await allocateMountPoint(node, vmid, key, value, task.log, source);
        options[key] = allocated.value;
        if (allocated.volid !== undefined) made.push(allocated.volid);
      } else {
        options[key] = normaliseOption(key, value, node.macPrefix);
      }
    }
    task.log(`extracting archive '${node.volumes.nodePath(call.text("ostemplate"))}'`);
  } catch (error) {
    for (const volid of made) await node.volumes.remove(volid);
    node.guests.remove({ vmid, type: "lxc" });
    throw new Error(`unable to create CT ${String(vmid)} - ${errorText(error)}`, { cause: error });
  }
  options.hostname ??= `CT${String(vmid)}`;
  return options;
}

/** Stores one option as Proxmox VE does; volumes are not for this. */
export function normaliseOption(key: string, value: string, macPrefix: string): string {
  if (isNetKey(key)) return normaliseNet(value, macPrefix);
  if (key === "tags") return normaliseTags(value);
  return key === "description" ? value.replace(/\n$/, "") : value;
}
