import * as pulumi from "@pulumi/pulumi";
import { host as kinds } from "../../resources";
import { IssueList } from "../../validation/checker";
import { checkIP } from "../../validation/ip-address";
import type { Issue } from "../../validation/issue";
import { secondsBetween } from "../../validation/number";
import type { Host } from "../host/host";
import { refuse } from "../refuse";
import { EXPORTS_FOLDER, ownBlocks, ownParameters, renderGaneshaConf } from "./ganesha-conf.render";
import { GaneshaExports, type GaneshaServerHandle } from "./ganesha-exports";
import type { NfsExport, NfsExportSpec, NfsServer } from "./nfs-server";

/** Arguments of `GaneshaServer`. */
export interface GaneshaServerArgs {
  /** The machine to run it on: Debian or one of its relatives. No kernel's NFS server may run there. */
  host: Host;
  /** Address that clients mount from. Default: the host's. */
  address?: string;
  /** Serve NFS version 3 too, for old clients. Default false: version 4 over one port, 2049. */
  version3?: boolean;
  /**
   * Seconds after a start in which clients get their locks back and nothing new is opened; 0 is none, for a server whose
   * clients hold no locks. Default 90, Ganesha's own. A change restarts the server.
   */
  graceSeconds?: number;
  /**
   * Further parameters by block of ganesha.conf, in Ganesha's own words: `{ MDCACHE: { Entries_HWMark: "50000" } }`. A
   * change restarts the server.
   */
  settings?: Record<string, Record<string, string>>;
}

/**
 * NFS-Ganesha, an NFS server in user space: for machines whose kernel has none, such as containers. Its shares are files
 * of their own in /etc/ganesha/exports.d, each judged by the running server before it is taken up.
 *
 * ```ts
 * const nfs = new GaneshaServer("nfs", { host: nasvm.host });
 * ```
 */
export class GaneshaServer extends pulumi.ComponentResource implements NfsServer {
  readonly host: Host;
  readonly address: string;
  readonly handle: pulumi.Output<GaneshaServerHandle>;
  private readonly exports: GaneshaExports;

  constructor(name: string, args: GaneshaServerArgs, options?: pulumi.ComponentResourceOptions) {
    super("labwright:storage:GaneshaServer", name, {}, options);
    this.host = args.host;
    this.address = args.address ?? args.host.address;
    refuse(this, `GaneshaServer ${JSON.stringify(name)}`, checkServer(args, this.address).issues);

    const connection = args.host.connection;
    const packages = ["nfs-ganesha", "nfs-ganesha-vfs"].map((one) => args.host.package(one));
    const folder = new kinds.Directory(
      `${name}-exports.d`,
      { host: connection, path: EXPORTS_FOLDER },
      args.host.options({ parent: this, dependsOn: packages }),
    );
    const file = new kinds.File(
      name,
      {
        host: connection,
        path: "/etc/ganesha/ganesha.conf",
        content: renderGaneshaConf({
          version3: args.version3 ?? false,
          graceSeconds: args.graceSeconds ?? 90,
          settings: args.settings ?? {},
        }),
        // Debian's package brings one of its own.
        adopt: true,
      },
      args.host.options({ parent: this, dependsOn: [folder] }),
    );
    const ready = new kinds.Service(
      `${name}-service`,
      { host: connection, unit: "nfs-ganesha", restartOn: { conf: file.sha256 } },
      args.host.options({ parent: this, dependsOn: [file] }),
    );
    this.handle = pulumi
      .output({ host: this.host.handle, unit: ready.unit })
      .apply(({ host }): GaneshaServerHandle => ({
        type: "labwright:NfsServer",
        version: 1,
        provider: "ganesha",
        address: this.address,
        host,
      }));
    this.exports = new GaneshaExports({ ...this, ready });
    this.registerOutputs({ address: this.address });
  }

  shareOf(path: string): string | undefined {
    return this.exports.shareOf(path);
  }

  checkSettings(settings: Record<string, string>): Issue[] {
    return this.exports.checkSettings(settings);
  }

  addExport(
    resourceName: string,
    spec: NfsExportSpec,
    options?: pulumi.CustomResourceOptions,
  ): NfsExport {
    return this.exports.addExport(resourceName, spec, options);
  }
}

function checkServer(args: GaneshaServerArgs, address: string): IssueList {
  const issues = new IssueList();
  issues.check("address", address, checkIP);
  issues.checkOptional("graceSeconds", args.graceSeconds, secondsBetween(0, 3600));
  for (const [block, parameters] of Object.entries(args.settings ?? {}))
    for (const [parameter, value] of Object.entries(parameters)) {
      const field = `settings.${block}.${parameter}`;
      const own = `${block}.${parameter}`.toLowerCase();
      if (ownBlocks.includes(block.toLowerCase()) || ownParameters.includes(own))
        issues.add(field, value, "leave it out: the server's and the shares' own arguments say it");
      else if (![block, parameter].every((word) => /^[A-Za-z][A-Za-z0-9_]*$/.test(word)))
        issues.add(
          field,
          value,
          "use the names of a block and a parameter, such as MDCACHE, Entries_HWMark",
        );
      if (typeof value !== "string" || !/^[A-Za-z0-9_.-]+( *, *[A-Za-z0-9_.-]+)*$/.test(value))
        issues.add(field, value, "use one word, or several with commas between them");
    }
  return issues;
}
