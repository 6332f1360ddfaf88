import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host/host";

/** A PostgreSQL server as plain data. Fit to be a stack's output. */
export interface PostgresServerHandle {
  type: "labwright:PostgresServer";
  version: 1;
  /** Which implementation it is, e.g. `debian`. */
  provider: string;
  /** Address that clients connect to. */
  address: string;
  /** TCP port. */
  port: number;
}

/** What of a cluster has one name in the whole of it. */
export type ClusterObject = "database" | "role";

/** Contract of a PostgreSQL server: what `PgDatabase` needs of one. `PostgresServer` fulfils it. */
export interface PostgresCluster {
  /** The machine it runs on: databases, roles and rules are made there. */
  readonly host: Host;
  /** Address that clients connect to. */
  readonly address: string;
  /** TCP port. */
  readonly port: number;
  /** Name of the cluster on its host, as pg_lsclusters(1) has it. */
  readonly cluster: string;
  /** The server runs once this is there; nothing to wait for when another stack made it. */
  readonly ready?: pulumi.Resource;
  readonly handle: pulumi.Output<PostgresServerHandle>;
  /** The component of this program that has the database or the role already. */
  ownerOf(object: ClusterObject, name: string): string | undefined;
  /** Notes that a component has it. */
  claim(object: ClusterObject, name: string, component: string): void;
}
