import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import type { Hypervisor, Volume } from "../../hypervisor";
import { failure } from "../api-error";
import { JsonFile } from "../atomic-file";
import { imageSize } from "./image-size";
import type { Storages } from "./storages";
import {
  CONTENT_FOLDERS,
  parseFileName,
  parseImageName,
  parseVolumeId,
  type ImageFormat,
} from "./volume-id";

/** A guest image that the hypervisor holds. */
export interface ImageRecord {
  vmid: number;
  format: ImageFormat;
  sizeBytes: number;
  /** Seconds since 1970. */
  ctime: number;
  /** `130/base-130-disk-0.qcow2`: what a linked clone is based on. */
  base?: string;
}

export interface ImageSpec {
  storage: string;
  vmid: number;
  format: ImageFormat;
  sizeBytes: number;
  /** The file's name; the next free disk number when missing. */
  file?: string;
  /** A file on this machine that gives the content. */
  image?: string;
}

export type Log = (line: string) => void;

const now = (): number => Math.floor(Date.now() / 1000);

/** All volumes of all storages: the images that the hypervisor holds, and plain files. */
export class Volumes {
  private readonly images: JsonFile<Record<string, ImageRecord>>;

  constructor(
    stateDir: string,
    private readonly storages: Storages,
    private readonly hypervisor: Hypervisor,
  ) {
    this.images = new JsonFile(path.join(stateDir, "volumes.json"), {});
  }

  /** How the hypervisor and the registry name an image; a linked clone without its base. */
  stored(volid: string): Volume {
    const { storage, name } = parseVolumeId(volid);
    const image = parseImageName(name);
    if (image === undefined) throw failure(`unable to parse directory volume name '${name}'`);
    return { storage, name: image.stored };
  }

  private key(volid: string): string {
    const { storage, name } = this.stored(volid);
    return `${storage}:${name}`;
  }

  image(volid: string): ImageRecord | undefined {
    const { name } = parseVolumeId(volid);
    return parseImageName(name) === undefined ? undefined : this.images.value[this.key(volid)];
  }

  /** Images with their full ids. */
  list(storage: string): { volid: string; record: ImageRecord }[] {
    return Object.entries(this.images.value)
      .filter(([key]) => key.startsWith(`${storage}:`))
      .map(([key, record]) => ({
        volid:
          record.base === undefined
            ? key
            : `${storage}:${record.base}/${key.slice(storage.length + 1)}`,
        record,
      }));
  }

  /** Path on the node, as the API shows it. */
  nodePath(volid: string): string {
    const { storage, name } = parseVolumeId(volid);
    const file = parseFileName(name);
    const folder = this.storages.get(storage).path;
    if (file !== undefined) return `${folder}/${CONTENT_FOLDERS[file.content]}/${file.file}`;
    return `${folder}/images/${this.stored(volid).name}`;
  }

  /** Path on this machine of a plain file. */
  filePath(volid: string): string {
    const { storage, name } = parseVolumeId(volid);
    const file = parseFileName(name);
    if (file === undefined) throw failure(`unable to parse directory volume name '${name}'`);
    return path.join(this.storages.realPath(storage), CONTENT_FOLDERS[file.content], file.file);
  }

  exists(volid: string): boolean {
    const { storage, name } = parseVolumeId(volid);
    this.storages.get(storage);
    if (parseFileName(name) !== undefined) return existsSync(this.filePath(volid));
    return this.image(volid) !== undefined;
  }

  /** Size of what a guest sees, in bytes; undefined when there is no such volume. */
  async sizeBytes(volid: string): Promise<number | undefined> {
    if (!this.exists(volid)) return undefined;
    return this.image(volid)?.sizeBytes ?? (await imageSize(this.filePath(volid))).sizeBytes;
  }

  files(
    storage: string,
    content: keyof typeof CONTENT_FOLDERS,
  ): { volid: string; size: number; ctime: number }[] {
    const folder = path.join(this.storages.realPath(storage), CONTENT_FOLDERS[content]);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.includes(".tmp_dwnl."))
      .map((entry) => {
        const { size, ctimeMs } = statSync(path.join(folder, entry.name));
        return {
          volid: `${storage}:${content}/${entry.name}`,
          size,
          ctime: Math.floor(ctimeMs / 1000),
        };
      });
  }

  /** The name that the next disk of a guest gets. */
  nextFile({ storage, vmid, format }: ImageSpec): string {
    const taken = new Set(
      this.list(storage)
        .filter(({ record }) => record.vmid === vmid)
        .map(({ volid }) => /-disk-(\d+)\.\w+$/.exec(volid)?.[1]),
    );
    let n = 0;
    while (taken.has(String(n))) n++;
    return `vm-${String(vmid)}-disk-${String(n)}.${format}`;
  }

  /** Makes an image and says so in qemu-img's words. */
  async create(spec: ImageSpec, log: Log): Promise<string> {
    const volid = this.reserve(spec);
    log(`Formatting '${this.nodePath(volid)}', ${qemuImgOptions(spec.format, spec.sizeBytes)}`);
    await this.undoOnError(volid, () =>
      this.hypervisor.createVolume(this.stored(volid), spec.sizeBytes, spec.image),
    );
    return volid;
  }

  async clone(from: string, spec: ImageSpec, log: Log, linked: boolean): Promise<string> {
    const base = linked ? this.stored(from).name : undefined;
    const volid = this.reserve(spec, base);
    const options =
      base === undefined
        ? qemuImgOptions(spec.format, spec.sizeBytes)
        : linkedOptions(spec.sizeBytes, base);
    log(`Formatting '${this.nodePath(volid)}', ${options}`);
    await this.undoOnError(volid, () =>
      this.hypervisor.cloneVolume(this.stored(from), this.stored(volid), linked),
    );
    return volid;
  }

  private reserve(spec: ImageSpec, base?: string): string {
    this.storages.get(spec.storage);
    const file = spec.file ?? this.nextFile(spec);
    const stored = `${String(spec.vmid)}/${file}`;
    const key = `${spec.storage}:${stored}`;
    if (this.images.value[key] !== undefined)
      throw failure(`disk image '${this.nodePath(key)}' already exists`);
    const { vmid, format, sizeBytes } = spec;
    this.images.value[key] = {
      vmid,
      format,
      sizeBytes,
      ctime: now(),
      ...(base !== undefined && { base }),
    };
    this.images.save();
    return base === undefined ? key : `${spec.storage}:${base}/${stored}`;
  }

  private async undoOnError(volid: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      Reflect.deleteProperty(this.images.value, this.key(volid));
      this.images.save();
      throw error;
    }
  }

  /** Gives an image another owner or name within its storage; its content stays. */
  async rename(volid: string, vmid: number, file?: string): Promise<string> {
    const { storage } = parseVolumeId(volid);
    const record = this.require(volid);
    const name = file ?? this.nextFile({ storage, vmid, format: record.format, sizeBytes: 0 });
    const target = `${storage}:${String(vmid)}/${name}`;
    await this.hypervisor.moveVolume(this.stored(volid), this.stored(target));
    this.images.value[target] = { ...record, vmid };
    Reflect.deleteProperty(this.images.value, this.key(volid));
    this.images.save();
    return target;
  }

  async resize(volid: string, sizeBytes: number): Promise<void> {
    const record = this.require(volid);
    await this.hypervisor.resizeVolume(this.stored(volid), sizeBytes);
    record.sizeBytes = sizeBytes;
    this.images.save();
  }

  /** Fine when it is gone already; false then. */
  async remove(volid: string): Promise<boolean> {
    if (parseFileName(parseVolumeId(volid).name) !== undefined) {
      const isThere = this.exists(volid);
      rmSync(this.filePath(volid), { force: true });
      return isThere;
    }
    if (this.image(volid) === undefined) return false;
    if (this.isBaseInUse(volid))
      throw failure(`base volume '${volid}' is still in use by linked cloned`);
    await this.hypervisor.deleteVolume(this.stored(volid));
    Reflect.deleteProperty(this.images.value, this.key(volid));
    this.images.save();
    return true;
  }

  isBaseInUse(volid: string): boolean {
    const { storage, name } = this.stored(volid);
    return this.list(storage).some(({ record }) => record.base === name);
  }

  private require(volid: string): ImageRecord {
    const record = this.image(volid);
    if (record === undefined) throw failure(`volume '${volid}' does not exist`);
    return record;
  }
}

const QCOW2 = "preallocation=metadata compression_type=zlib";

function qemuImgOptions(format: ImageFormat, sizeBytes: number): string {
  const size = `size=${String(sizeBytes)}`;
  if (format === "qcow2")
    return `fmt=qcow2 cluster_size=65536 extended_l2=off ${QCOW2} ${size} lazy_refcounts=off refcount_bits=16`;
  if (format === "vmdk") return `fmt=vmdk ${size} compat6=off hwversion=undefined`;
  return `fmt=raw ${size} preallocation=off`;
}

const linkedOptions = (sizeBytes: number, base: string): string =>
  `fmt=qcow2 cluster_size=131072 extended_l2=on ${QCOW2} size=${String(sizeBytes)} backing_file=../${base} ` +
  "backing_fmt=qcow2 lazy_refcounts=off refcount_bits=16";
