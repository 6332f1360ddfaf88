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

/**
 * A physical disk of a node by a name that stays. Proxmox VE would take any path; a comma would end it in the machine's
 * configuration.
 */
export const checkPhysicalDisk: Checker = (value) => {
  const named =
    typeof value === "string" && /^\/dev\/disk\/by-id\/[A-Za-z0-9][A-Za-z0-9._:+@=-]*$/.test(value);
  if (!named)
    return "use the disk's name below /dev/disk/by-id, such as /dev/disk/by-id/ata-WDC_WD40EFRX_WD-WCC7K1234567";
  return /-part\d+$/.test(value) ? "use the whole disk, without -partN" : undefined;
};

/** `serial` of a drive: at most 20 bytes (`PVE::QemuServer::Drive`), here those that need no escaping. */
export const checkDiskSerial: Checker = (value) =>
  typeof value === "string" && /^[A-Za-z0-9._-]{1,20}$/.test(value)
    ? undefined
    : "use 1 to 20 letters, digits, -, _ and .";

/** A further disk of a machine: scsi0 is the one it boots from. */
export const checkDataDisk: Checker = (value) =>
  typeof value === "string" && /^scsi([1-9]|[12]\d|30)$/.test(value)
    ? undefined
    : "use scsi1 to scsi30: scsi0 is the boot disk";
