import * as fs from "node:fs";
import * as path from "node:path";
import type { GuestDisk } from "../hypervisor";
import { attachLoop, detachLoops } from "./loop-devices";
import type { VolumeStore } from "./volume-store";

/**
 * Makes block devices of a guest's data disks. Inside the machine they are /dev/sda, /dev/sdb, ...
 * in the order of their keys, with the names below /dev/disk/by-id that QEMU's disks have.
 */
export async function attachDataDisks(
  disks: GuestDisk[],
  volumes: VolumeStore,
  runDir: string,
): Promise<{ nspawnArgs: string[] }> {
  const nspawnArgs: string[] = [];
  const links: string[] = [];
  const attached: string[] = [];
  const list = path.join(runDir, "disks");
  let index = 0;
  for (const disk of disks) {
    if ((await volumes.kind(disk.volume)) !== "disk") continue;
    const file = path.join(volumes.folder(disk.volume), "disk.raw");
    attached.push(file);
    fs.writeFileSync(list, attached.join("\n"));
    const device = await attachLoop(file);
    const letter = String.fromCharCode("b".charCodeAt(0) + index++);
    nspawnArgs.push(`--bind=${device}:/dev/sd${letter}`);
    const names = [`scsi-0QEMU_QEMU_HARDDISK_drive-${disk.key}`];
    if (disk.serial) names.push(`scsi-0QEMU_QEMU_HARDDISK_${disk.serial}`);
    for (const name of names) links.push(`L+ /dev/disk/by-id/${name} - - - - ../../sd${letter}\n`);
  }
  const tmpfiles = path.join(runDir, "disks.conf");
  fs.writeFileSync(tmpfiles, links.join(""));
  if (links.length > 0)
    nspawnArgs.push(`--bind-ro=${nspawnPath(tmpfiles)}:/usr/lib/tmpfiles.d/disks.conf`);
  return { nspawnArgs };
}

/** Lets go of the block devices that the machine of a run folder had. */
export async function detachDataDisks(runDir: string): Promise<void> {
  const list = path.join(runDir, "disks");
  if (!fs.existsSync(list)) return;
  for (const file of fs.readFileSync(list, "utf8").split("\n").filter(Boolean)) {
    await detachLoops(file);
  }
  fs.rmSync(list);
}

/** A path in an argument of systemd-nspawn, where a colon separates. */
export function nspawnPath(file: string): string {
  return file.replace(/[\\:]/g, "\\$&");
}
