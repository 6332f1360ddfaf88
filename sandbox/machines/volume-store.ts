import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { Volume } from "../hypervisor";
import { command } from "../command";
import { imageKind, type ImageKind } from "./base-image-file";

type VolumeKind = ImageKind | "disk";

/**
 * The volumes of the lab's storages, one folder each. A volume made from the lab's cloud image is a
 * `tree`: `upper` and `work` of an overlay on the base image, and `machines`, what is in /var/lib/machines of
 * a machine that was started from it. One made from the image with a kernel is `emulated`: the disk of an emulated
 * machine. Any other is a `disk`: `disk.raw`, a
 * sparse file that a machine gets as a block device.
 */
export class VolumeStore {
  constructor(private readonly root: string) {}

  /** Folder of a volume, whether it exists or not. */
  folder(volume: Volume): string {
    const parts = [volume.storage, ...volume.name.split("/")];
    if (parts.some((part) => !/^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/.test(part))) {
      throw new Error(`volume name '${volume.storage}:${volume.name}' is not a plain path`);
    }
    return path.join(this.root, ...parts);
  }

  /** What the volume is; undefined when there is none of that name. */
  async kind(volume: Volume): Promise<VolumeKind | undefined> {
    const folder = this.folder(volume);
    if (await exists(path.join(folder, "upper"))) return "tree";
    if (await exists(path.join(folder, "emulated"))) return "emulated";
    if (await exists(path.join(folder, "disk.raw"))) return "disk";
    return undefined;
  }

  async create(volume: Volume, sizeBytes: number, image?: string): Promise<void> {
    await this.make(volume, async (folder) => {
      const kind = image === undefined ? undefined : await imageKind(image);
      if (kind === "tree") return makeTree(folder);
      // Filled when a machine first starts from it.
      if (kind === "emulated") return fs.mkdir(path.join(folder, "emulated"));
      const disk = path.join(folder, "disk.raw");
      if (image === undefined) await fs.writeFile(disk, "");
      else await copyDiskImage(image, disk);
      await grow(disk, sizeBytes);
    });
  }

  async clone(from: Volume, to: Volume): Promise<void> {
    const kind = await this.mustExist(from);
    const source = this.folder(from);
    await this.make(to, async (folder) => {
      if (kind === "disk") {
        await copy(path.join(source, "disk.raw"), path.join(folder, "disk.raw"));
        return;
      }
      if (kind === "emulated") {
        await copy(path.join(source, "emulated"), path.join(folder, "emulated"));
        return;
      }
      // The work folder belongs to the mount, not to the content.
      for (const part of ["upper", "machines"]) {
        if (await exists(path.join(source, part)))
          await copy(path.join(source, part), path.join(folder, part));
      }
      await fs.mkdir(path.join(folder, "work"), { recursive: true });
    });
  }

  async move(from: Volume, to: Volume): Promise<void> {
    await this.mustExist(from);
    const target = this.folder(to);
    if (await exists(target)) throw new Error(`volume '${to.storage}:${to.name}' already exists`);
    await fs.mkdir(path.dirname(target), { recursive: true });
    await fs.rename(this.folder(from), target);
    await this.dropEmptyParent(from);
  }

  /** Disks grow; the size of a tree is that of the file system below and only a number. */
  async resize(volume: Volume, sizeBytes: number): Promise<void> {
    if ((await this.mustExist(volume)) === "disk") {
      await grow(path.join(this.folder(volume), "disk.raw"), sizeBytes);
    }
  }

  async delete(volume: Volume): Promise<void> {
    await fs.rm(this.folder(volume), { recursive: true, force: true });
    await this.dropEmptyParent(volume);
  }

  private async mustExist(volume: Volume): Promise<VolumeKind> {
    const kind = await this.kind(volume);
    if (!kind) throw new Error(`volume '${volume.storage}:${volume.name}' does not exist`);
    return kind;
  }

  /** A volume that could not be filled is not there. */
  private async make(volume: Volume, fill: (folder: string) => Promise<void>): Promise<void> {
    const folder = this.folder(volume);
    await fs.mkdir(path.dirname(folder), { recursive: true });
    await fs.mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
      throw new Error(`volume '${volume.storage}:${volume.name}' already exists`);
    });
    try {
      await fill(folder);
    } catch (error) {
      await fs.rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private async dropEmptyParent(volume: Volume): Promise<void> {
    await fs.rmdir(path.dirname(this.folder(volume))).catch(() => undefined);
  }
}

async function makeTree(folder: string): Promise<void> {
  // The root folder of the machine has the mode of `upper`.
  await fs.mkdir(path.join(folder, "upper"), { mode: 0o755 });
  await fs.mkdir(path.join(folder, "work"));
}

async function copyDiskImage(image: string, disk: string): Promise<void> {
  const file = await fs.open(image);
  const magic = Buffer.alloc(4);
  await file.read(magic, 0, 4, 0).finally(() => file.close());
  if (magic.toString("latin1") === "QFI\xfb") {
    throw new Error(
      `'${path.basename(image)}' is a qcow2 image of its own: machines of the sandbox start from its ` +
        "image http://10.77.0.1/images/debian-12.qcow2 and take raw images as data disks",
    );
  }
  await copy(image, disk);
}

async function copy(source: string, target: string): Promise<void> {
  await command("cp", ["-a", "--sparse=always", "--reflink=auto", "--", source, target]);
}

async function grow(file: string, sizeBytes: number): Promise<void> {
  if ((await fs.stat(file)).size < sizeBytes) await fs.truncate(file, sizeBytes);
}

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}
