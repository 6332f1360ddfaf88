import * as pulumi from "@pulumi/pulumi";
import type { HandleContract, HandleSource } from "../handle";
import { hostFromHandle } from "../host/host-from-handle";
import { GaneshaExports, type GaneshaServerHandle } from "./ganesha-exports";
import { KernelExports, type KernelNfsServerHandle } from "./kernel-exports";
import type { NfsServer, NfsServerHandle } from "./nfs-server";

const server = (handle: NfsServerHandle, source: HandleSource) => ({
  host: source.read(hostFromHandle, handle.host),
  address: handle.address,
  handle: pulumi.output(handle),
});

/** An NFS server of another stack. Its shares there are not known here: the host's ledger refuses the same one again. */
export const nfsServerFromHandle: HandleContract<NfsServer, "labwright:NfsServer"> = {
  type: "labwright:NfsServer",
  version: 1,
  providers: {
    kernel: (handle: KernelNfsServerHandle, source: HandleSource) =>
      new KernelExports(server(handle, source)),
    ganesha: (handle: GaneshaServerHandle, source: HandleSource) =>
      new GaneshaExports(server(handle, source)),
  },
};
