import * as pulumi from "@pulumi/pulumi";
import type { HandleContract } from "../handle";

/** A share as plain data. Fit to be a stack's output. */
export interface NfsShareHandle {
  type: "labwright:NfsShare";
  version: 1;
  provider: "nfs";
  /** Address of its server. */
  address: string;
  /** What a client mounts: `10.77.0.20:/srv/media`. */
  source: string;
}

/** Contract of what `NfsMount` mounts. `NfsShare` fulfils it. */
export interface MountableShare {
  /** Address of its server. */
  readonly address: string;
  /** What a client mounts, such as `10.77.0.20:/srv/media`: known when the share is there. */
  readonly source: pulumi.Output<string>;
  readonly handle: pulumi.Output<NfsShareHandle>;
}

/** A share of another stack. */
export const nfsShareFromHandle: HandleContract<MountableShare, "labwright:NfsShare"> = {
  type: "labwright:NfsShare",
  version: 1,
  providers: {
    nfs: (handle: NfsShareHandle): MountableShare => ({
      address: handle.address,
      source: pulumi.output(handle.source),
      handle: pulumi.output(handle),
    }),
  },
};
