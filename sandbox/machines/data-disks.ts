import * as fs from "node:fs";
import * as path from "node:path";
import { command } from "../command";
import { attachLoop, detachLoops } from "./loop-devices";
import type { AttachedDisk } from "./machine-engine";

/** A block device that a container has for a disk, as noted in the folder of its run. */
interface Attached {
  key: string;
  /** On the host. */
  device: string;
  /** In the machine: sdb. */
  name: string;
  /** Below /dev/disk/by-id, as QEMU's disks are called. */
  ids: string[];
  /** The file that the device was made of; none of a disk that is a device by itself. */
  file?: string;
}

const noteFile = (runDir: string): string => path.join(runDir, "disks.json");

function noted(runDir: string): Attached[] {
  const file = noteFile(runDir);
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Attached[]) : [];
}

/**
 * Makes block devices of a guest's data disks. Inside the machine they are /dev/sdb, /dev/sdc, ... in the order of their
 * keys, with the names below /dev/disk/by-id that QEMU's disks have.
 */
export async function attachDataDisks(
  disks: AttachedDisk[],
  runDir: string,
): Promise<{ nspawnArgs: string[] }> {
  for (const disk of disks) await attach(disk, runDir);
  const attached = noted(runDir);
  const links = attached.flatMap(({ name, ids }) =>
    ids.map((id) => `L+ /dev/disk/by-id/${id} - - - - ../../${name}\n`),
  );
  if (links.length === 0) return { nspawnArgs: [] };
  const tmpfiles = path.join(runDir, "disks.conf");
  fs.writeFileSync(tmpfiles, links.join(""));
  return {
    nspawnArgs: [
      ...attached.map(({ device, name }) => `--bind=${device}:/dev/${name}`),
      `--bind-ro=${nspawnPath(tmpfiles)}:/usr/lib/tmpfiles.d/disks.conf`,
    ],
  };
}

/** Gives a running container one more disk. */
export async function plugDataDisk(
  disk: AttachedDisk,
  runDir: string,
  initPid: number,
): Promise<void> {
  const { device, name, ids } = await attach(disk, runDir);
  const { rdev } = fs.statSync(device);
  // Major and minor as the kernel's new_encode_dev() packs them.
  const major = (rdev >> 8) & 0xfff;
  const minor = (rdev & 0xff) | ((rdev >> 12) & 0xfff00);
  const script = `set -e
    mknod -m 660 "/dev/$1" b "$2" "$3"
    chgrp disk "/dev/$1" || :
    name=$1
    mkdir -p /dev/disk/by-id
    shift 3
    for id; do ln -sfn "../../$name" "/dev/disk/by-id/$id"; done`;
  await inMachine(initPid, script, [name, String(major), String(minor), ...ids]);
}

/** Takes a disk from a running container. What of it is still mounted there goes on until it is unmounted. */
export async function unplugDataDisk(key: string, runDir: string, initPid: number): Promise<void> {
  const [disk] = noted(runDir).filter((entry) => entry.key === key);
  if (!disk) return;
  // One that was there at the start is a mount.
  const script =
    'umount -l "/dev/$1" 2>/dev/null || :; rm "/dev/$1"; shift; cd /dev/disk/by-id; for id; do rm -f "$id"; done';
  await inMachine(initPid, script, [disk.name, ...disk.ids]);
  note(
    runDir,
    noted(runDir).filter((entry) => entry.key !== key),
  );
  if (disk.file !== undefined) await detachLoops(disk.file);
}

/** Lets go of the block devices that the machine of a run folder had. */
export async function detachDataDisks(runDir: string): Promise<void> {
  for (const { file } of noted(runDir)) {
    if (file !== undefined) await detachLoops(file);
  }
  fs.rmSync(noteFile(runDir), { force: true });
}

async function attach(disk: AttachedDisk, runDir: string): Promise<Attached> {
  const others = noted(runDir);
  const letter = [..."bcdefghijklmnopqrstuvwxyz"].find(
    (one) => !others.some(({ name }) => name === `sd${one}`),
  );
  if (letter === undefined) throw new Error("a container of the sandbox has at most 25 data disks");
  const ids = [`scsi-0QEMU_QEMU_HARDDISK_drive-${disk.key}`];
  if (disk.serial) ids.push(`scsi-0QEMU_QEMU_HARDDISK_${disk.serial}`);
  const common = { key: disk.key, name: `sd${letter}`, ids };
  if ("device" in disk.source) {
    const attached = { ...common, device: disk.source.device };
    note(runDir, [...others, attached]);
    return attached;
  }
  const { file } = disk.source;
  // Noted before it is there, so that nothing is left over when this is interrupted.
  note(runDir, [...others, { ...common, device: "", file }]);
  const attached = { ...common, device: await attachLoop(file), file };
  note(runDir, [...others, attached]);
  return attached;
}

function note(runDir: string, disks: Attached[]): void {
  fs.writeFileSync(`${noteFile(runDir)}.new`, JSON.stringify(disks));
  fs.renameSync(`${noteFile(runDir)}.new`, noteFile(runDir));
}

async function inMachine(initPid: number, script: string, args: string[]): Promise<void> {
  const enter = ["--target", String(initPid), "--all", "--wd=/", "--"];
  await command("nsenter", [...enter, "sh", "-c", script, "sh", ...args]);
}

/** A path in an argument of systemd-nspawn, where a colon separates. */
export function nspawnPath(file: string): string {
  return file.replace(/[\\:]/g, "\\$&");
}
