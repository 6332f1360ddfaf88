import type { PropertySchemas } from "../schema/property-schema";
import { propertyStringSchema } from "../schema/api-schema";
import {
  printPropertyString,
  splitPropertyString,
  type Properties,
} from "../parameters/property-string";
import type { Options } from "../guests/config-file";
import { parseDiskSize } from "../storage/disk-size";

/** `scsi0` and the like, taken apart; `file` is the volume. */
export type Drive = Properties & { file: string };

/** In the order in which Proxmox VE goes through them. */
const KINDS: [string, number][] = [
  ["ide", 3],
  ["scsi", 30],
  ["virtio", 15],
  ["sata", 5],
];
export const DISK_KEYS = KINDS.flatMap(([kind, last]) =>
  Array.from({ length: last + 1 }, (_, n) => `${kind}${String(n)}`),
);
export const DRIVE_KEYS = [...DISK_KEYS, "efidisk0", "tpmstate0"];

export const isDriveKey = (key: string): boolean => DRIVE_KEYS.includes(key);
export const isUnusedKey = (key: string): boolean => /^unused\d+$/.test(key);

const schemaOf = (key: string): PropertySchemas => propertyStringSchema("qemu", key);

export function parseDrive(key: string, value: string): Drive {
  const { file = "", ...rest } = splitPropertyString(value, schemaOf(key));
  return { ...rest, file };
}

export const printDrive = (key: string, drive: Drive): string =>
  printPropertyString(drive, schemaOf(key));

export const isCloudInit = ({ file }: Drive): boolean =>
  /[:/]vm-\d+-cloudinit(\.\w+)?$|:cloudinit$/.test(file);
export const isCdrom = (drive: Drive): boolean => drive.media === "cdrom" || drive.file === "cdrom";
/** Whether the drive is a file or device of the node and not a volume of a storage. */
export const isHostPath = ({ file }: Drive): boolean => file.startsWith("/");
export const hasVolume = ({ file }: Drive): boolean => file !== "none" && file !== "cdrom";

/** The drives of a configuration, in the order of DRIVE_KEYS. */
export function drivesOf(options: Options): { key: string; drive: Drive }[] {
  return DRIVE_KEYS.flatMap((key) => {
    const value = options[key];
    return value === undefined ? [] : [{ key, drive: parseDrive(key, value) }];
  });
}

export const driveSizeBytes = (drive: Drive): number => parseDiskSize(drive.size ?? "0") ?? 0;

/** Where the guest starts from unless told otherwise: its first disk, its first CD-ROM, its first network card. */
export function defaultBoot(options: Options): string {
  const disks = drivesOf(options).filter(({ key }) => DISK_KEYS.includes(key));
  const disk = disks.find(({ drive }) => !isCdrom(drive));
  const cdrom = disks.find(({ drive }) => isCdrom(drive));
  const net = Array.from({ length: 32 }, (_, n) => `net${String(n)}`).find(
    (key) => options[key] !== undefined,
  );
  const order = [disk?.key, cdrom?.key, net].filter((key) => key !== undefined);
  return order.length === 0 ? " " : `order=${order.join(";")}`;
}

export const bootOrder = (options: Options): string[] =>
  (/^order=(.+)$/.exec(options.boot ?? "")?.[1] ?? "").split(";").filter((key) => key !== "");

/** Takes a device out of the boot order, when it is in there. */
export function dropFromBootOrder(options: Options, key: string): void {
  const order = bootOrder(options);
  if (!order.includes(key)) return;
  const rest = order.filter((name) => name !== key);
  options.boot = rest.length === 0 ? " " : `order=${rest.join(";")}`;
}

/** The disk that holds the guest's operating system. */
export function bootDisk(options: Options): string | undefined {
  const isDisk = (key: string): boolean => {
    const value = options[key];
    return value !== undefined && isDriveKey(key) && !isCdrom(parseDrive(key, value));
  };
  return bootOrder(options).find(isDisk) ?? options.bootdisk ?? DISK_KEYS.find(isDisk);
}

/** Keeps a volume that no drive uses any more as the next free `unusedN`. */
export function addUnused(options: Options, volid: string): string {
  const known = Object.keys(options).find((key) => isUnusedKey(key) && options[key] === volid);
  if (known !== undefined) return known;
  let n = 0;
  while (options[`unused${String(n)}`] !== undefined) n++;
  options[`unused${String(n)}`] = volid;
  return `unused${String(n)}`;
}
