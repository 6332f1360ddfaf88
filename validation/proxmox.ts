import type { Checker } from "./checker";

/** `pve-storage-id` of Proxmox VE: a letter, then letters, digits, `-`, `_`, `.`; it does not end in one of the three. */
export const checkDatastore: Checker = (value) =>
  typeof value === "string" && /^[A-Za-z][A-Za-z0-9\-_.]*[A-Za-z0-9]$/.test(value)
    ? undefined
    : "use the name of a storage, such as local-lvm";

/** The kernel's limit for the name of an interface is 15 characters. */
export const checkBridge: Checker = (value) =>
  typeof value === "string" && /^[A-Za-z][A-Za-z0-9_.-]{0,14}$/.test(value)
    ? undefined
    : "use the name of a bridge, such as vmbr0";

/** `pve-tag` of Proxmox VE. It keeps tags in lower case unless told otherwise, so that others would always differ. */
export const checkTag: Checker = (value) =>
  typeof value === "string" && /^[a-z0-9_][a-z0-9_\-+.]*$/.test(value)
    ? undefined
    : "use lower-case letters, digits, _, -, + and .";

/** A further disk of a machine: scsi0 is the one it boots from. */
export const checkDataDisk: Checker = (value) =>
  typeof value === "string" && /^scsi([1-9]|[12]\d|30)$/.test(value)
    ? undefined
    : "use scsi1 to scsi30: scsi0 is the boot disk";
