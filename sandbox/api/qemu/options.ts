import { randomUUID } from "node:crypto";
import type { Identity } from "../access/permissions";
import { isRoot } from "../access/permissions";
import { failure, forbidden } from "../api-error";
import { cryptPassword, normaliseTags } from "../guests/option-values";
import { splitPropertyString, printPropertyString } from "../parameters/property-string";
import type { PveNode } from "../node";
import { configSchema, propertyStringSchema } from "../schema/api-schema";
import { isDriveKey, isUnusedKey } from "./drives";
import { isNetKey, normaliseNet } from "./networks";

/** The version of QEMU that is said to run the guests. */
export const QEMU_VERSION = "10.1.2";

/** Stores one option as Proxmox VE does; drives are not for this. */
export async function normaliseOption(
  key: string,
  value: string,
  how: { hashPassword: boolean; macPrefix?: string },
): Promise<string> {
  if (isNetKey(key)) return normaliseNet(key, value, how.macPrefix);
  switch (key) {
    case "tags":
      return normaliseTags(value);
    case "cipassword":
      return how.hashPassword && !value.startsWith("$") ? cryptPassword(value) : value;
    case "vmgenid":
      return value === "1" ? randomUUID() : value;
    case "memory": {
      const schema = propertyStringSchema("qemu", key);
      return printPropertyString(splitPropertyString(value, schema), schema);
    }
    case "description":
      return value.replace(/\n$/, "");
    default:
      return value;
  }
}

export const isConfigOption = (key: string): boolean => Object.hasOwn(configSchema("qemu"), key);

const ROOT_ONLY = new Set(["args", "lock", "affinity", "hugepages", "ivshmem", "vmgenid"]);

/** Options that only root@pam itself may set, because they reach the host. */
export function checkRootOnly(who: Identity, key: string, value: string): void {
  if (isRoot(who)) return;
  if (ROOT_ONLY.has(key) || /^parallel\d+$/.test(key))
    throw failure(`only root can set '${key}' config`);
  if (/^serial\d+$/.test(key) && value !== "socket")
    throw failure(`only root can modify '${key}' config for real devices`);
  if (/^hostpci\d+$/.test(key) && !/(^|,)mapping=/.test(value))
    throw failure(`only root can set '${key}' config for non-mapped devices`);
  if (/^usb\d+$/.test(key) && !/(^|,)(mapping=|(host=)?spice)/.test(value))
    throw failure(`only root can set '${key}' config for real devices`);
}

const PRIVILEGE_OF: [RegExp, string][] = [
  [/^(cores|cpu|cpulimit|cpuunits|numa\d*|sockets|vcpus|smp)$/, "VM.Config.CPU"],
  [/^(memory|balloon|shares|hugepages|keephugepages|allow-ksm)$/, "VM.Config.Memory"],
  [/^net\d+$/, "VM.Config.Network"],
  [
    /^(ipconfig\d+|ciuser|cipassword|cicustom|citype|ciupgrade|sshkeys|nameserver|searchdomain)$/,
    "VM.Config.Cloudinit",
  ],
  [
    /^(acpi|arch|bios|hostpci\d+|kvm|machine|rng0|scsihw|serial\d+|tablet|usb\d+|vga|watchdog|audio0|smbios1|vmgenid|localtime|parallel\d+)$/,
    "VM.Config.HWType",
  ],
];

/** The privilege that is needed to change an option. */
export function privilegeFor(key: string, value = ""): string {
  if (isDriveKey(key) || isUnusedKey(key))
    return /(^|,)media=cdrom|^none/.test(value) ? "VM.Config.CDROM" : "VM.Config.Disk";
  return PRIVILEGE_OF.find(([pattern]) => pattern.test(key))?.[1] ?? "VM.Config.Options";
}

/** Devices that are mapped by name may be used by whoever may use the mapping. */
function checkMapping(node: PveNode, who: Identity, key: string, value: string): void {
  const kind = /^hostpci\d+$/.test(key) ? "pci" : /^usb\d+$/.test(key) ? "usb" : undefined;
  const name = /(?:^|,)mapping=([^,]+)/.exec(value)?.[1];
  if (kind !== undefined && name !== undefined)
    node.permissions.check(who, `/mapping/${kind}/${name}`, ["Mapping.Use"]);
}

export function checkOptionPrivileges(
  node: PveNode,
  who: Identity,
  vmid: number,
  options: Record<string, string>,
): void {
  for (const [key, value] of Object.entries(options)) {
    const privilege = privilegeFor(key, value);
    checkMapping(node, who, key, value);
    const path = `/vms/${String(vmid)}`;
    if (!node.permissions.has(who, path, [privilege])) throw forbidden(`${path}, ${privilege}`);
  }
}
