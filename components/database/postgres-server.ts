import * as pulumi from "@pulumi/pulumi";
import { postgres } from "../../resources";
import { IssueList } from "../../validation/checker";
import { checkIP } from "../../validation/ip-address";
import { checkPackageName } from "../../validation/linux";
import { checkPort, integerBetween, sizeBetween } from "../../validation/number";
import {
  checkPostgresVersion,
  checkSettingName,
  checkSettingValue,
} from "../../validation/postgres";
import type { Host } from "../host/host";
import { refuse } from "../refuse";
import { DebianCluster, type DebianClusterHandle } from "./debian-cluster";
import type { ClusterObject, PostgresCluster } from "./postgres-cluster";
import { ownSettings, postgresSettings } from "./postgres-server.render";

/** Arguments of `PostgresServer`. */
export interface PostgresServerArgs {
  /** The machine to run it on: Debian or one of its relatives. */
  host: Host;
  /**
   * Major version, such as 15; its package has to be in the host's package sources. Default: the one that is there, else the
   * distribution's. Another version than the data's is refused, with the way to upgrade.
   */
  version?: number;
  /** Address that clients connect to. Default: the host's. */
  address?: string;
  /**
   * Addresses to listen on, `localhost`, or `*` for all. Default `*`: who may connect is decided by the databases' `allowFrom`,
   * and an address of its own that is not there yet at boot would be left out. A change restarts the server.
   */
  listen?: string[];
  /** TCP port, 1-65535. Default 5432. A change restarts the server. */
  port?: number;
  /** Connections at a time, 10-10000. Default: PostgreSQL's own, 100. A change restarts the server. */
  maxConnections?: number;
  /**
   * Memory in MiB that the server may count on, 128 or more: a quarter becomes shared_buffers, three quarters
   * effective_cache_size, a sixteenth maintenance_work_mem. Default: PostgreSQL's own settings, fit for a small machine. A change
   * restarts the server.
   */
  memoryMiB?: number;
  /** Further packages, such as those of extensions: `postgresql-15-pgvector`. Default none. */
  packages?: string[];
  /**
   * Further settings by name, as in postgresql.conf without quotes: `{ work_mem: "16MB", log_connections: true }`. The server is
   * restarted for those that need it.
   */
  settings?: Record<string, string | number | boolean>;
}

/**
 * A PostgreSQL server. Its settings are judged by PostgreSQL before they are taken up, and taken back when the server does not
 * start with them; databases are added one by one, with `PgDatabase`. Nobody but the machine itself may connect until a
 * database allows it.
 *
 * ```ts
 * const pg = new PostgresServer("pg", { host: datavm.host, version: 15, memoryMiB: 1024 });
 * ```
 */
export class PostgresServer extends pulumi.ComponentResource implements PostgresCluster {
  readonly host: Host;
  readonly address: string;
  readonly port: number;
  readonly cluster = "main";
  readonly ready: pulumi.Resource;
  readonly handle: pulumi.Output<DebianClusterHandle>;
  private readonly databases: DebianCluster;

  constructor(name: string, args: PostgresServerArgs, options?: pulumi.ComponentResourceOptions) {
    super("labwright:database:PostgresServer", name, {}, options);
    this.host = args.host;
    this.address = args.address ?? args.host.address;
    this.port = args.port ?? 5432;
    refuse(this, `PostgresServer ${JSON.stringify(name)}`, checkServer(args, this.address).issues);

    const ready = new postgres.Server(
      name,
      {
        host: this.host.connection,
        cluster: this.cluster,
        version: args.version === undefined ? undefined : String(args.version),
        settings: postgresSettings({
          listen: args.listen ?? ["*"],
          port: this.port,
          maxConnections: args.maxConnections,
          memoryMiB: args.memoryMiB,
          settings: args.settings ?? {},
        }),
        packages: args.packages ?? [],
      },
      this.host.options({ parent: this }),
    );
    this.ready = ready;
    this.handle = pulumi
      // Not for its port: whoever has the handle waits for a server that runs.
      .all([this.host.handle, ready.port])
      .apply(([host]) => ({
        type: "labwright:PostgresServer" as const,
        version: 1 as const,
        provider: "debian" as const,
        host,
        address: this.address,
        port: this.port,
        cluster: this.cluster,
      }));
    this.databases = new DebianCluster(this);
    this.registerOutputs({ address: this.address, port: this.port });
  }

  ownerOf(object: ClusterObject, name: string): string | undefined {
    return this.databases.ownerOf(object, name);
  }

  claim(object: ClusterObject, name: string, component: string): void {
    this.databases.claim(object, name, component);
  }
}

function checkServer(args: PostgresServerArgs, address: string): IssueList {
  const issues = new IssueList();
  issues.checkOptional("version", args.version, checkPostgresVersion);
  issues.check("address", address, checkIP);
  issues.checkOptional("port", args.port, checkPort);
  issues.checkOptional("maxConnections", args.maxConnections, integerBetween(10, 10000));
  issues.checkOptional("memoryMiB", args.memoryMiB, sizeBetween(128, 4194304, "MiB"));
  issues.checkEach("packages", args.packages ?? [], checkPackageName);
  issues.checkEach("listen", args.listen ?? [], (value) =>
    value === "*" || value === "localhost" || checkIP(value) === undefined
      ? undefined
      : "use an IP address, localhost or *",
  );
  if (args.listen?.length === 0)
    issues.add("listen", args.listen, "give at least one: localhost for this machine alone");
  for (const [setting, value] of Object.entries(args.settings ?? {})) {
    const field = `settings.${setting}`;
    if (ownSettings.includes(setting.toLowerCase()))
      issues.add(field, value, "leave it out: PostgresServer sets it by its own arguments");
    else issues.check("settings", setting, checkSettingName);
    if (typeof value !== "number" && typeof value !== "boolean")
      issues.check(field, value, checkSettingValue);
  }
  return issues;
}
