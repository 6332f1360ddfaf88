import type * as pulumi from "@pulumi/pulumi";
import type { Issue } from "../../validation/issue";
import type { Host, HostHandle } from "../host/host";

/** An NFS server as plain data. Fit to be a stack's output. */
export interface NfsServerHandle {
  type: "labwright:NfsServer";
  version: 1;
  /** Which implementation it is: `kernel` or `ganesha`. */
  provider: string;
  /** Address that clients mount from. */
  address: string;
  /** The machine it runs on. */
  host: HostHandle;
}

/** Which users of a client become nobody: its root, all of them, or none. */
export type Squash = "root" | "all" | "none";

/** How a client proves who its users are: believed, or by Kerberos (with integrity, with privacy). */
export type Security = "sys" | "krb5" | "krb5i" | "krb5p";

/** A client of an export, all said. */
export interface NfsClientSpec {
  /** IP address or network. */
  client: string;
  access: "rw" | "ro";
  squash: Squash;
  anonymousUid: number;
  anonymousGid: number;
  security: Security[];
  privilegedPort: boolean;
}

/** An export as a server takes it. */
export interface NfsExportSpec {
  /** Name of the export's file. */
  name: string;
  /** The directory, absolute. */
  path: string;
  /** Each client once, the closest fit first. */
  clients: NfsClientSpec[];
  /** Further options in the server's own language. */
  settings: Record<string, string>;
}

/** An export that was added. */
export interface NfsExport {
  resource: pulumi.Resource;
  /** The path that clients mount, known when the export is there. */
  path: pulumi.Output<string>;
}

/** Contract of an NFS server: what `NfsShare` needs of one. `KernelNfsServer` and `GaneshaServer` fulfil it. */
export interface NfsServer {
  /** The machine it runs on: shared directories lie there. */
  readonly host: Host;
  /** Address that clients mount from. */
  readonly address: string;
  readonly handle: pulumi.Output<NfsServerHandle>;
  /** The component of this program that shares the directory already. */
  shareOf(path: string): string | undefined;
  /** What speaks against options in the server's own language. */
  checkSettings(settings: Record<string, string>): Issue[];
  /** Adds an export that the caller has validated. */
  addExport(
    resourceName: string,
    spec: NfsExportSpec,
    options?: pulumi.CustomResourceOptions,
  ): NfsExport;
}
