import { mkdirSync, statfsSync } from "node:fs";
import path from "node:path";
import { failure } from "../api-error";
import { digestOf } from "../guests/config-file";
import { JsonFile } from "../atomic-file";
import { CONTENT_FOLDERS, type FileContent } from "./volume-id";

/** A storage of type `dir`. */
export interface StorageConfig {
  type: "dir";
  /** The folder on the node, as the API names it. */
  path: string;
  content: string[];
  disable?: boolean;
}

/** The configured storages; their files are kept in a folder of the state directory. */
export class Storages {
  private readonly file: JsonFile<Record<string, StorageConfig>>;

  constructor(
    private readonly stateDir: string,
    initial: Record<string, StorageConfig>,
  ) {
    this.file = new JsonFile(path.join(stateDir, "storage.json"), initial);
    this.file.save();
    for (const id of this.ids())
      for (const content of this.get(id).content) {
        const folder = CONTENT_FOLDERS[content as FileContent] as string | undefined;
        mkdirSync(path.join(this.realPath(id), folder ?? "images"), { recursive: true });
      }
  }

  ids(): string[] {
    return Object.keys(this.file.value);
  }

  get(id: string): StorageConfig {
    const storage = this.file.value[id];
    if (storage === undefined) throw failure(`storage '${id}' does not exist`);
    return storage;
  }

  has(id: string): boolean {
    return Object.hasOwn(this.file.value, id);
  }

  /** Where the storage's files are on this machine. */
  realPath(id: string): string {
    return path.join(this.stateDir, "storage", id);
  }

  /** Changes with every change of a definition. */
  digest(): string {
    return digestOf(JSON.stringify(this.file.value));
  }

  checkContent(id: string, content: string): void {
    if (!this.get(id).content.includes(content))
      throw failure(`storage '${id}' is not configured for content-type '${content}'`);
  }

  add(id: string, config: StorageConfig): void {
    this.file.value[id] = config;
    mkdirSync(this.realPath(id), { recursive: true });
    this.file.save();
  }

  change(): void {
    this.file.save();
  }

  remove(id: string): void {
    Reflect.deleteProperty(this.file.value, id);
    this.file.save();
  }

  /** Size of the file system that the storages are on, in bytes. */
  space(): { total: number; used: number; avail: number } {
    const { bsize, blocks, bfree, bavail } = statfsSync(this.stateDir);
    return { total: bsize * blocks, used: bsize * (blocks - bfree), avail: bsize * bavail };
  }
}
