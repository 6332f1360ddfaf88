import { omit } from "../omit";
import { failure, badParameters } from "../api-error";
import type { PveNode } from "../node";
import { parseDiskSize, printBinarySize, printDiskSize } from "../storage/disk-size";
import { imageSize } from "../storage/image-size";
import {
  parseFileName,
  parseImageName,
  parseVolumeId,
  type ImageFormat,
} from "../storage/volume-id";
import type { Log } from "../storage/volumes";
import { hasVolume, isCdrom, isHostPath, parseDrive, printDrive, type Drive } from "./drives";

const GIB = 1024 ** 3;
/** Sizes that cannot be chosen. Source: PVE::QemuServer::Cloudinit, OVMF images, PVE::QemuServer::Drive. */
const CLOUDINIT_BYTES = 4 * 1024 ** 2;
const TPM_BYTES = 4 * 1024 ** 2;
const EFI_BYTES = { "2m": 128 * 1024, "4m": 528 * 1024 };

/** `local:4`: a new disk of 4 GiB. */
const NEW_DISK = /^([^/:\s]+):(\d+(?:\.\d+)?)$/;

export interface Allocated {
  key: string;
  value: string;
  /** Volumes that were made and have to go when the rest fails. */
  volid?: string;
}

const absolutePathRefused = (): Error =>
  failure(
    "Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm line 651.",
  );

/** Checks that cost nothing, before a task is started: storages, paths, the syntax of imports. */
export function checkDrive(node: PveNode, key: string, value: string, isRoot: boolean): void {
  const drive = parseDrive(key, value);
  if (isHostPath(drive)) {
    if (!isRoot) throw absolutePathRefused();
    deviceBytes(node, drive);
    return;
  }
  if (!hasVolume(drive)) return;
  const source = drive["import-from"];
  const size = NEW_DISK.exec(drive.file)?.[2];
  if (source !== undefined) checkImport(node, key, source, size, isRoot);
  if (drive.file.endsWith(":cloudinit")) return;
  const { storage, name } = parseVolumeId(drive.file);
  node.storages.get(storage);
  if (size !== undefined) node.storages.checkContent(storage, "images");
  else if (
    parseImageName(name) === undefined &&
    parseFileName(name) === undefined &&
    name !== "cloudinit"
  )
    throw failure(`unable to parse directory volume name '${name}'`);
}

/** Proxmox VE takes no files that way, only block devices. */
function deviceBytes(node: PveNode, { file }: Drive): number {
  const bytes = node.hypervisor.deviceBytes(file);
  if (bytes === undefined) throw failure(`volume ${file} does not exist`);
  return bytes;
}

function checkImport(
  node: PveNode,
  key: string,
  source: string,
  size: string | undefined,
  isRoot: boolean,
): void {
  if (size !== "0")
    throw badParameters({
      [key]: "'import-from' requires special syntax - use <storage ID>:0,import-from=<source>",
    });
  if (source.startsWith("/")) {
    if (!isRoot) throw absolutePathRefused();
    return;
  }
  const { storage, name } = parseVolumeId(source);
  node.storages.get(storage);
  const content = parseFileName(name)?.content;
  if (content !== undefined && content !== "import")
    throw badParameters({
      [key]: `${source} has wrong type '${content}' - needs to be 'images' or 'import'`,
    });
}

/** Makes the volumes that a drive asks for and gives the value that is stored. */
export async function allocateDrive(
  node: PveNode,
  vmid: number,
  key: string,
  value: string,
  log: Log,
): Promise<Allocated> {
  const drive = parseDrive(key, value);
  if (!hasVolume(drive)) return { key, value: printDrive(key, drive) };
  if (isHostPath(drive)) {
    const kept = omit(drive, "size", "format");
    const size = printDiskSize(deviceBytes(node, drive));
    return { key, value: printDrive(key, { ...kept, size, file: drive.file }) };
  }
  const { storage, name } = parseVolumeId(drive.file);
  const made = (volid: string, options: Record<string, string>): Allocated => {
    const kept = omit(drive, "format", "import-from");
    const stored = printDrive(key, { ...kept, ...options, file: volid });
    log(`${key}: successfully created disk '${stored}'`);
    return { key, value: stored, volid };
  };
  if (name === "cloudinit") {
    const format = (drive.format ?? "qcow2") as ImageFormat;
    const file = `vm-${String(vmid)}-cloudinit.${format}`;
    const spec = { storage, vmid, format, sizeBytes: CLOUDINIT_BYTES, file };
    return made(await node.volumes.create(spec, log), { media: "cdrom" });
  }
  const gib = NEW_DISK.exec(drive.file)?.[2];
  if (gib === undefined) return { key, value: await existing(node, key, drive) };
  const source = drive["import-from"];
  if (source !== undefined) {
    const { volid, sizeBytes } = await importImage(
      node,
      vmid,
      storage,
      source,
      drive.format as ImageFormat,
      log,
    );
    return made(volid, { size: printDiskSize(sizeBytes) });
  }
  const sizeBytes = newDiskBytes(key, drive, Number(gib));
  const format = key === "tpmstate0" ? "raw" : ((drive.format ?? "raw") as ImageFormat);
  const volid = await node.volumes.create({ storage, vmid, format, sizeBytes }, log);
  if (key === "efidisk0") logTransfer(sizeBytes, log);
  return made(volid, { size: printDiskSize(sizeBytes) });
}

function newDiskBytes(key: string, drive: Drive, gib: number): number {
  if (key === "tpmstate0") return TPM_BYTES;
  if (key === "efidisk0") return EFI_BYTES[drive.efitype === "4m" ? "4m" : "2m"];
  return Math.ceil((gib * GIB) / 1024) * 1024;
}

async function existing(node: PveNode, key: string, drive: Drive): Promise<string> {
  const sizeBytes = await node.volumes.sizeBytes(drive.file);
  if (sizeBytes === undefined) throw failure(`volume '${drive.file}' does not exist`);
  const shown =
    isCdrom(drive) && node.volumes.image(drive.file) !== undefined
      ? drive.size
      : printDiskSize(sizeBytes);
  const kept = omit(drive, "size", "format");
  return printDrive(key, {
    ...kept,
    ...(shown !== undefined && { size: shown }),
    file: drive.file,
  });
}

async function importImage(
  node: PveNode,
  vmid: number,
  storage: string,
  source: string,
  wanted: ImageFormat | undefined,
  log: Log,
): Promise<{ volid: string; sizeBytes: number }> {
  if (source.startsWith("/")) throw failure(`failed to stat '${source}'`);
  if (parseImageName(parseVolumeId(source).name) !== undefined) {
    const record = node.volumes.image(source);
    if (record === undefined) {
      log(`failed to stat '${node.volumes.nodePath(source)}'`);
      throw failure(`cannot import from '${source}' - could not get size of ${source}`);
    }
    log(`create full clone of drive (${source})`);
    const spec = { storage, vmid, format: wanted ?? record.format, sizeBytes: record.sizeBytes };
    const volid = await node.volumes.clone(source, spec, log, false);
    log(`allocated target volume '${volid}'`);
    logTransfer(spec.sizeBytes, log);
    return { volid, sizeBytes: spec.sizeBytes };
  }
  if (!node.volumes.exists(source))
    throw failure(`failed to stat '${node.volumes.nodePath(source)}'`);
  const image = node.volumes.filePath(source);
  const { format, sizeBytes } = await imageSize(image);
  log(`create full clone of drive (${source})`);
  const volid = await node.volumes.create(
    { storage, vmid, format: wanted ?? format, sizeBytes, image },
    log,
  );
  log(`allocated target volume '${volid}'`);
  logTransfer(sizeBytes, log);
  return { volid, sizeBytes };
}

/** The progress of a copy, in qemu-img's words. */
export function logTransfer(bytes: number, log: Log): void {
  const total = printBinarySize(bytes);
  log(`transferred 0.0 B of ${total} (0.00%)`);
  log(`transferred ${total} of ${total} (100.00%)`);
}

/** The size that a drive has in the configuration. */
export const configuredBytes = (drive: Drive): number => parseDiskSize(drive.size ?? "") ?? 0;
