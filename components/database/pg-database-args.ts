import type * as pulumi from "@pulumi/pulumi";
import type { PostgresCluster } from "./postgres-cluster";

/** Who may connect: a `Vm` or a `Host`, an IP address, or a network such as 10.77.0.0/24. */
export type PgClient = { readonly address: string } | string;

/** A role that may read all tables, views and sequences of the schema `public`, also those made later, and change nothing. */
export interface PgReaderArgs {
  /** From where it may connect. Default none: from the server's own machine alone. */
  allowFrom?: PgClient[];
  /** Any value; another one gives the role a new password. Default 1. */
  passwordVersion?: number | string;
  /** Connections at a time, -1 for any number. Default -1. */
  connectionLimit?: number;
}

/** Arguments of `PgDatabase`. */
export interface PgDatabaseArgs {
  /** The server that gets it. A change makes a new database there. */
  server: PostgresCluster;
  /** Name of the database. Default: the name of this component. A change makes a new, empty database. */
  database?: string;
  /** Name of the role that owns it and that applications log in as. Default: the database's. */
  owner?: string;
  /**
   * The owner's password, printable ASCII. Default: 32 random letters and digits. Give one only when something else has to know it.
   */
  password?: pulumi.Input<string>;
  /** Any value; another one gives the owner a new random password. Default 1. */
  passwordVersion?: number | string;
  /** Who may connect as the owner, and nobody else may. Default none: the server's own machine alone. */
  allowFrom?: PgClient[];
  /**
   * Roles that may only read, by name: `{ grafana: { allowFrom: [statsvm] } }`. Tables that another role than the owner makes later are
   * theirs to read after the next `pulumi up` with a refresh. Default none.
   */
  readers?: Record<string, PgReaderArgs>;
  /** Extensions to have in it, such as `pg_trgm`; the package is on the server (`packages` of `PostgresServer`). Default none. */
  extensions?: string[];
  /** Character encoding, in PostgreSQL's words. Default `UTF8`. A change makes a new, empty database. */
  encoding?: string;
  /** Locale of sorting. Default `C.UTF-8`, which every host has. A change makes a new, empty database. */
  locale?: string;
  /** Connections to the database at a time, -1 for any number. Default -1. */
  connectionLimit?: number;
  /** Write a dump on the server's host before the database is dropped. Default true. */
  keepDump?: boolean;
  /** Refuse to delete the database until this is false. Default true. */
  protect?: boolean;
  /** Take over a database and roles that are there already. Default false. */
  adopt?: boolean;
}
