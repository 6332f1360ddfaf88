import type { GuestConfig, Options } from "../guests/config-file";
import type { PveNode } from "../node";
import {
  addUnused,
  dropFromBootOrder,
  hasVolume,
  isCdrom,
  isCloudInit,
  isDriveKey,
  isUnusedKey,
  parseDrive,
} from "./drives";

/** Options that cloud-init gets at the next regeneration or start. */
export const CLOUDINIT_OPTION =
  /^(ciuser|cipassword|citype|ciupgrade|cicustom|sshkeys|nameserver|searchdomain|ipconfig\d+)$/;

/** Options that take effect in a running guest. Source: PVE::QemuServer `$fast_plug_option` and its hotplug table. */
const LIVE =
  /^(name|description|tags|onboot|startup|protection|balloon|shares|hotplug|hookscript|lock|cpuunits|cpulimit|unused\d+|vmstatestorage|migrate_\w+)$/;

/** Whether a change of an option needs no restart of a running guest. */
export function isLive(config: GuestConfig, key: string): boolean {
  if (LIVE.test(key) || CLOUDINIT_OPTION.test(key)) return true;
  if (/^(scsi|virtio|net)\d+$/.test(key)) return config.options[key] === undefined;
  return /^(ide|sata)\d+$/.test(key) && isCdrom(parseDrive(key, config.options[key] ?? "none"));
}

/** Removes an option. A disk becomes `unusedN` unless it is to be removed; a cloud-init drive always goes. */
export async function removeOption(
  node: PveNode,
  options: Options,
  key: string,
  force: boolean,
): Promise<void> {
  const value = options[key];
  if (value === undefined) return;
  Reflect.deleteProperty(options, key);
  if (!isDriveKey(key) && !isUnusedKey(key)) {
    dropFromBootOrder(options, key);
    return;
  }
  dropFromBootOrder(options, key);
  const drive = isUnusedKey(key) ? { file: value } : parseDrive(key, value);
  const isImage =
    hasVolume(drive) && !drive.file.startsWith("/") && node.volumes.image(drive.file) !== undefined;
  if (!isImage) return;
  if (isCloudInit(drive) || force) await node.volumes.remove(drive.file);
  else if (!isUnusedKey(key) && !isCdrom(drive)) addUnused(options, drive.file);
}

/** A disk that another one takes the place of is kept as `unusedN`. */
export function replaceDrive(node: PveNode, options: Options, key: string, value: string): void {
  const before = options[key];
  options[key] = value;
  if (before === undefined) return;
  const [old, fresh] = [parseDrive(key, before), parseDrive(key, value)];
  const isImage =
    hasVolume(old) && !old.file.startsWith("/") && node.volumes.image(old.file) !== undefined;
  if (isImage && old.file !== fresh.file && !isCdrom(old)) addUnused(options, old.file);
}

/** Makes everything that waits for a stopped guest true. */
export async function applyPending(node: PveNode, config: GuestConfig): Promise<void> {
  for (const [key, force] of Object.entries(config.pendingDelete))
    await removeOption(node, config.options, key, force);
  for (const [key, value] of Object.entries(config.pending)) {
    if (isDriveKey(key)) replaceDrive(node, config.options, key, value);
    else config.options[key] = value;
  }
  config.pending = {};
  config.pendingDelete = {};
}
