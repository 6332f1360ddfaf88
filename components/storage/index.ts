/** Network file systems: servers, shares, mounts. */
export { GaneshaServer } from "./ganesha-server";
export type { GaneshaServerArgs } from "./ganesha-server";
export type { GaneshaServerHandle } from "./ganesha-exports";
export { KernelNfsServer } from "./kernel-nfs-server";
export type { KernelNfsServerArgs } from "./kernel-nfs-server";
export type { KernelNfsServerHandle } from "./kernel-exports";
export { nfsShareFromHandle } from "./mountable-share";
export type { MountableShare, NfsShareHandle } from "./mountable-share";
export type {
  NfsClientSpec,
  NfsExport,
  NfsExportSpec,
  NfsServer,
  NfsServerHandle,
  Security,
  Squash,
} from "./nfs-server";
export { nfsServerFromHandle } from "./nfs-server-from-handle";
export { NfsMount } from "./nfs-mount";
export type { NfsMountArgs } from "./nfs-mount";
export { NfsShare } from "./nfs-share";
export type { Addressed, NfsClient, NfsShareArgs } from "./nfs-share-args";
