import { badParameters, failure } from "../api-error";
import type { Options } from "../guests/config-file";
import type { PveNode } from "../node";
import { omit } from "../omit";
import {
  printPropertyString,
  splitPropertyString,
  type Properties,
} from "../parameters/property-string";
import { propertyStringSchema } from "../schema/api-schema";
import { printDiskSize } from "../storage/disk-size";
import { parseFileName, parseVolumeId, type ImageFormat } from "../storage/volume-id";
import type { Log } from "../storage/volumes";

/** `rootfs` and `mpN`: the volumes of a container. */
export type MountPoint = Properties & { volume: string };

const GIB = 1024 ** 3;
/** `local:8`: a new volume of 8 GiB. */
const NEW_VOLUME = /^([^/:\s]+):(\d+(?:\.\d+)?)$/;

export const isMountKey = (key: string): boolean => key === "rootfs" || /^mp\d+$/.test(key);
const isBindMount = ({ volume }: MountPoint): boolean => volume.startsWith("/");

export function parseMountPoint(key: string, value: string): MountPoint {
  const { volume = "", ...rest } = splitPropertyString(value, propertyStringSchema("lxc", key));
  return { ...rest, volume };
}

export const printMountPoint = (key: string, mount: MountPoint): string =>
  printPropertyString(mount, propertyStringSchema("lxc", key));

/** The mount points that have a volume of a storage. */
export const volumesOf = (options: Options): { key: string; mount: MountPoint }[] =>
  Object.keys(options)
    .filter(isMountKey)
    .sort((a, b) =>
      a === "rootfs" ? -1 : b === "rootfs" ? 1 : a.localeCompare(b, "en", { numeric: true }),
    )
    .map((key) => ({ key, mount: parseMountPoint(key, options[key] ?? "") }))
    .filter(({ mount }) => !isBindMount(mount));

export function checkMountPoint(node: PveNode, key: string, value: string, isRoot: boolean): void {
  const mount = parseMountPoint(key, value);
  if (isBindMount(mount)) {
    if (!isRoot) throw failure("mount point type bind is only allowed for root@pam");
    return;
  }
  const { storage } = parseVolumeId(mount.volume);
  node.storages.get(storage);
  node.storages.checkContent(storage, "rootdir");
}

/** Makes the volume that a mount point asks for and gives the value that is stored. */
export async function allocateMountPoint(
  node: PveNode,
  vmid: number,
  key: string,
  value: string,
  log: Log,
  image?: string,
): Promise<{ value: string; volid?: string }> {
  const mount = parseMountPoint(key, value);
  if (isBindMount(mount)) return { value: printMountPoint(key, mount) };
  const [, storage = "", gib] = NEW_VOLUME.exec(mount.volume) ?? [];
  if (gib === undefined) {
    const sizeBytes = await node.volumes.sizeBytes(mount.volume);
    if (sizeBytes === undefined) throw failure(`volume '${mount.volume}' does not exist`);
    return { value: printMountPoint(key, { ...mount, size: printDiskSize(sizeBytes) }) };
  }
  const sizeBytes = Math.ceil((Number(gib) * GIB) / 1024) * 1024;
  const format: ImageFormat = "raw";
  const volid = await node.volumes.create({ storage, vmid, format, sizeBytes, image }, log);
  const kept = omit(mount, "size");
  return {
    value: printMountPoint(key, { ...kept, volume: volid, size: printDiskSize(sizeBytes) }),
    volid,
  };
}

/** The file of a container template. Errors: it is missing, or no template. */
export function templateFile(node: PveNode, ostemplate: string): string {
  const { storage, name } = parseVolumeId(ostemplate);
  node.storages.get(storage);
  if (parseFileName(name)?.content !== "vztmpl")
    throw badParameters({ ostemplate: `'${ostemplate}' is not a container template` });
  if (!node.volumes.exists(ostemplate)) throw failure(`volume '${ostemplate}' does not exist`);
  return node.volumes.filePath(ostemplate);
}
