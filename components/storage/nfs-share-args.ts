import type { NfsServer, Security, Squash } from "./nfs-server";

/** A machine: a `Vm`, a `Host`, or anything else with an address. */
export interface Addressed {
  readonly address: string;
}

/** Who may mount a share, and how. Exactly one of `host`, `address` and `network` is given. */
export interface NfsClient {
  /** A machine: a `Vm` or a `Host`. */
  host?: Addressed;
  /** An IP address. */
  address?: string;
  /** All of a network, such as `10.77.0.0/24`. A client that `host` or `address` names keeps its own options. */
  network?: string;
  /** Read and write (`rw`), or read only (`ro`). Default: the share's `access`. */
  access?: "rw" | "ro";
  /**
   * Which of its users become nobody: `root`, so that a client's root is none on the server; `all`, so that everybody is
   * the one user `anonymousUid`; or `none`. Default: the share's `squash`.
   */
  squash?: Squash;
  /** User id of nobody. Default: the share's `anonymousUid`. */
  anonymousUid?: number;
  /** Group id of nobody. Default: the share's `anonymousGid`. */
  anonymousGid?: number;
  /** Ways to say who one is, any of them. Default: the share's `security`. */
  security?: Security[];
  /** Only from ports below 1024, which a client's root alone can use. Default: the share's `privilegedPort`. */
  privilegedPort?: boolean;
}

/** Arguments of `NfsShare`. */
export interface NfsShareArgs {
  /** The server that shares it: a `KernelNfsServer` or a `GaneshaServer`. */
  server: NfsServer;
  /** The directory, absolute. It is made when it is not there. A change replaces the export; the old directory stays. */
  path: string;
  /**
   * Who may mount it: machines, IP addresses, networks such as `10.77.0.0/24`, or objects that say how. Nobody else can.
   */
  clients: (Addressed | string | NfsClient)[];
  /** User who owns the directory, by name. Default `root`. */
  owner?: string;
  /** Group of the directory, by name. Default `root`. */
  group?: string;
  /** Permissions of the directory as four octal digits. Default "0755": anyone may read, the owner may write. */
  mode?: string;
  /** Share a directory that is there already. Default false: that is an error. */
  adopt?: boolean;
  /**
   * Delete the directory with everything in it when the share is deleted. Default false: the directory stays as it is. A
   * directory that was adopted stays in any case.
   */
  deleteData?: boolean;
  /** Read and write (`rw`), or read only (`ro`), for clients that say nothing else. Default `rw`. */
  access?: "rw" | "ro";
  /** Which users become nobody, for clients that say nothing else. Default `root`. */
  squash?: Squash;
  /** User id of nobody, for clients that say nothing else. Default 65534, `nobody`. */
  anonymousUid?: number;
  /** Group id of nobody, for clients that say nothing else. Default 65534, `nogroup`. */
  anonymousGid?: number;
  /** Ways to say who one is, for clients that say nothing else. Default `sys`: a client is believed. */
  security?: Security[];
  /** Only from ports below 1024, for clients that say nothing else. Default true. */
  privilegedPort?: boolean;
  /** Further options in the server's own language: of exports(5), or of Ganesha's EXPORT block. */
  settings?: Record<string, string>;
}
