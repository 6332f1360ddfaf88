import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { ApiError, failure } from "../api-error";
import { writeAtomic } from "../atomic-file";
import { digestOf, parseConfig, printConfig, type GuestConfig } from "./config-file";

export type GuestType = "qemu" | "lxc";

export interface GuestEntry {
  vmid: number;
  type: GuestType;
}

const FOLDERS: Record<GuestType, string> = { qemu: "qemu-server", lxc: "lxc" };

/** The configuration files of all guests, one file a guest, as `/etc/pve/nodes/NODE` has them. */
export class GuestStore {
  private readonly folder: string;

  constructor(
    stateDir: string,
    private readonly node: string,
  ) {
    this.folder = path.join(stateDir, "nodes", node);
    for (const name of Object.values(FOLDERS))
      mkdirSync(path.join(this.folder, name), { recursive: true, mode: 0o700 });
  }

  private file({ vmid, type }: GuestEntry): string {
    return path.join(this.folder, FOLDERS[type], `${String(vmid)}.conf`);
  }

  list(): GuestEntry[] {
    const ofType = (type: GuestType): GuestEntry[] =>
      readdirSync(path.join(this.folder, FOLDERS[type]))
        .filter((name) => /^\d+\.conf$/.test(name))
        .map((name) => ({ vmid: parseInt(name, 10), type }));
    return [...ofType("qemu"), ...ofType("lxc")].sort((a, b) => a.vmid - b.vmid);
  }

  typeOf(vmid: number): GuestType | undefined {
    return (["qemu", "lxc"] as const).find((type) => existsSync(this.file({ vmid, type })));
  }

  private text(entry: GuestEntry): string {
    try {
      return readFileSync(this.file(entry), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      const name = `nodes/${this.node}/${FOLDERS[entry.type]}/${String(entry.vmid)}.conf`;
      throw failure(`Configuration file '${name}' does not exist`);
    }
  }

  load(entry: GuestEntry): GuestConfig {
    return parseConfig(this.text(entry));
  }

  digest(entry: GuestEntry): string {
    return digestOf(this.text(entry));
  }

  checkDigest(entry: GuestEntry, digest: string | undefined): void {
    if (digest !== undefined && digest !== this.digest(entry))
      throw failure("checksum mismatch (file change by other user?)");
  }

  save(entry: GuestEntry, config: GuestConfig): void {
    writeAtomic(this.file(entry), printConfig(config));
  }

  remove(entry: GuestEntry): void {
    rmSync(this.file(entry), { force: true });
  }
}

/** A guest that carries a `lock` may not be changed. */
export function checkLock(config: GuestConfig): void {
  const { lock } = config.options;
  if (lock !== undefined) throw new ApiError(500, `VM is locked (${lock})\n`);
}
