import type * as pulumi from "@pulumi/pulumi";
import type { Host, HostHandle } from "../host/host";
import type { ClusterObject, PostgresCluster, PostgresServerHandle } from "./postgres-cluster";

/** A `PostgresServer` as plain data. */
export interface DebianClusterHandle extends PostgresServerHandle {
  provider: "debian";
  /** The machine it runs on. */
  host: HostHandle;
  /** Name of the cluster there. */
  cluster: string;
}

/** The cluster that databases are put into. */
export interface DebianClusterArgs {
  host: Host;
  address: string;
  port: number;
  cluster: string;
  handle: pulumi.Output<DebianClusterHandle>;
  /** What has to be there before; nothing when another stack made the server. */
  ready?: pulumi.Resource;
}

/** A running cluster on Debian, of this stack or another: databases are added to it one by one. */
export class DebianCluster implements PostgresCluster {
  readonly host: Host;
  readonly address: string;
  readonly port: number;
  readonly cluster: string;
  readonly handle: pulumi.Output<DebianClusterHandle>;
  readonly ready?: pulumi.Resource;
  private readonly claims = new Map<string, string>();

  constructor(args: DebianClusterArgs) {
    this.host = args.host;
    this.address = args.address;
    this.port = args.port;
    this.cluster = args.cluster;
    this.handle = args.handle;
    this.ready = args.ready;
  }

  ownerOf(object: ClusterObject, name: string): string | undefined {
    return this.claims.get(`${object} ${name}`);
  }

  claim(object: ClusterObject, name: string, component: string): void {
    this.claims.set(`${object} ${name}`, component);
  }
}
