import * as fs from "node:fs";
import * as path from "node:path";
import { attachLoop, loopDevices } from "./loop-devices";

/** A disk in the node's own computer, for handing on to a virtual machine. */
export interface PhysicalDisk {
  /** Name below /dev/disk/by-id. */
  id: string;
  sizeBytes: number;
}

/** A physical disk that is there. */
export interface PresentDisk extends PhysicalDisk {
  /** The block device of this host that is behind it. */
  device: string;
}

/** The node's disks, made when they are missing: sparse files, each behind one loop device for as long as the lab runs. */
export async function ensurePhysicalDisks(
  folder: string,
  disks: readonly PhysicalDisk[],
): Promise<PresentDisk[]> {
  fs.mkdirSync(folder, { recursive: true });
  const attached = await loopDevices();
  const present: PresentDisk[] = [];
  for (const { id, sizeBytes } of disks) {
    const file = path.join(folder, `${id}.raw`);
    if (!fs.existsSync(file)) fs.writeFileSync(file, "");
    if (fs.statSync(file).size < sizeBytes) fs.truncateSync(file, sizeBytes);
    const known = attached.find(({ backing }) => backing === file)?.device;
    present.push({ id, sizeBytes, device: known ?? (await attachLoop(file)) });
  }
  return present;
}

/** The disk that a path of the node names. */
export function physicalDisk(
  disks: readonly PresentDisk[],
  device: string,
): PresentDisk | undefined {
  return disks.find(({ id }) => device === `/dev/disk/by-id/${id}`);
}
