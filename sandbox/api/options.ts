import type { Hypervisor } from "../hypervisor";
import type { StorageConfig } from "./storage/storages";

/** The node as the API describes it. */
export interface NodeOptions {
  name: string;
  address: string;
  /** Default 24. */
  prefix?: number;
  /** Default 192.0.2.1. */
  gateway?: string;
  /** Resolvers that guests get unless they say otherwise. Default: the gateway. */
  nameservers?: string[];
  searchDomain?: string;
}

export interface ApiOptions {
  listen: { address: string; port: number };
  /** Everything that outlives the process: configuration, tasks, plain files of the storages, the certificate. */
  stateDir: string;
  /** Default `pve1` at 192.0.2.10/24, an address for documentation. */
  node?: NodeOptions;
  /** Storages of a new state folder. Default `local` (everything) and `local2` (images, rootdir). */
  storages?: Record<string, StorageConfig>;
  /** The node's bridge. Default `vmbr0`. */
  bridge?: string;
  /** Tokens that exist from the start, without privilege separation: `root@pam!NAME`. */
  tokens?: { id: string; secret: string }[];
  /** Passwords of users of the realm pam. */
  passwords?: Record<string, string>;
  /** Sizes in bytes of the node's physical disks by their paths, for the hypervisor that pretends. Default none. */
  devices?: Record<string, number>;
  /** Default: one that pretends. */
  hypervisor?: Hypervisor;
  /** How long waits take compared with a real node: 1 as long, 0 (default) not at all. */
  timeScale?: number;
  /** Told of every request: method, path, status. */
  log?: (line: string) => void;
}

/** The storages of a freshly installed node, and a second one to move disks to. */
export const DEFAULT_STORAGES: Record<string, StorageConfig> = {
  local: {
    type: "dir",
    path: "/var/lib/vz",
    content: ["iso", "vztmpl", "backup", "images", "rootdir", "snippets", "import"],
  },
  local2: { type: "dir", path: "/var/lib/vz2", content: ["images", "rootdir"] },
};
