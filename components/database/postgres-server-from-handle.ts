import * as pulumi from "@pulumi/pulumi";
import type { HandleContract, HandleSource } from "../handle";
import { hostFromHandle } from "../host/host-from-handle";
import { DebianCluster, type DebianClusterHandle } from "./debian-cluster";
import type { PostgresCluster } from "./postgres-cluster";

/** A server of another stack. Its databases there are not known here: the host's ledger refuses the same name again. */
export const postgresServerFromHandle: HandleContract<PostgresCluster, "labwright:PostgresServer"> =
  {
    type: "labwright:PostgresServer",
    version: 1,
    providers: {
      debian: (handle: DebianClusterHandle, source: HandleSource) =>
        new DebianCluster({
          host: source.read(hostFromHandle, handle.host),
          address: handle.address,
          port: handle.port,
          cluster: handle.cluster,
          handle: pulumi.output(handle),
        }),
    },
  };
