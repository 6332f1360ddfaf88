import * as pulumi from "@pulumi/pulumi";
import { host as kinds } from "../../resources";
import { IssueList } from "../../validation/checker";
import { checkIP } from "../../validation/ip-address";
import type { Issue } from "../../validation/issue";
import { integerBetween } from "../../validation/number";
import type { Host } from "../host/host";
import { refuse } from "../refuse";
import { type KernelNfsServerHandle, KernelExports } from "./kernel-exports";
import { checkSections, renderNfsConf } from "./nfs-conf.render";
import { nfsPackage } from "./nfs-package";
import type { NfsExport, NfsExportSpec, NfsServer } from "./nfs-server";

/** Arguments of `KernelNfsServer`. */
export interface KernelNfsServerArgs {
  /** The machine to run it on: Debian, Alpine or a relative, with a kernel of its own (no container). */
  host: Host;
  /** Address that clients mount from. Default: the host's. */
  address?: string;
  /** Threads of the server, 1-1024. Default 8, the kernel's own. A change restarts the server. */
  threads?: number;
  /** Serve NFS version 3 too, for old clients. Default false: versions 4.0 to 4.2, over one port, 2049. */
  version3?: boolean;
  /**
   * Further settings of nfs.conf(5) by section, such as `{ nfsd: { "grace-time": "10" } }`. A change restarts the server.
   */
  settings?: Record<string, Record<string, string>>;
}

/**
 * The NFS server of the Linux kernel. Its shares are files of their own in /etc/exports.d, judged by `exportfs`.
 *
 * ```ts
 * const nfs = new KernelNfsServer("nfs", { host: nasvm.host });
 * ```
 */
export class KernelNfsServer extends pulumi.ComponentResource implements NfsServer {
  readonly host: Host;
  readonly address: string;
  readonly handle: pulumi.Output<KernelNfsServerHandle>;
  private readonly exports: KernelExports;

  constructor(name: string, args: KernelNfsServerArgs, options?: pulumi.ComponentResourceOptions) {
    super("labwright:storage:KernelNfsServer", name, {}, options);
    this.host = args.host;
    this.address = args.address ?? args.host.address;
    const issues = new IssueList();
    issues.check("address", this.address, checkIP);
    issues.checkOptional("threads", args.threads, integerBetween(1, 1024));
    checkSections(issues, args.settings ?? {});
    refuse(this, `KernelNfsServer ${JSON.stringify(name)}`, issues.issues);

    const connection = args.host.connection;
    const installed = nfsPackage(args.host, "server", { parent: this });
    const folder = new kinds.Directory(
      `${name}-conf.d`,
      { host: connection, path: "/etc/nfs.conf.d" },
      args.host.options({ parent: this, dependsOn: [installed] }),
    );
    const file = new kinds.File(
      name,
      {
        host: connection,
        path: "/etc/nfs.conf.d/labwright.conf",
        content: renderNfsConf({
          threads: args.threads ?? 8,
          version3: args.version3 ?? false,
          settings: args.settings ?? {},
        }),
      },
      args.host.options({ parent: this, dependsOn: [folder] }),
    );
    const ready = new kinds.Service(
      `${name}-service`,
      {
        host: connection,
        unit: pulumi
          .output(args.host.machine.initSystem)
          .apply((init) => (init === "openrc" ? "nfs" : "nfs-server")),
        restartOn: { conf: file.sha256 },
      },
      args.host.options({ parent: this, dependsOn: [file] }),
    );
    this.handle = pulumi
      .output({ host: this.host.handle, unit: ready.unit })
      .apply(({ host }): KernelNfsServerHandle => ({
        type: "labwright:NfsServer",
        version: 1,
        provider: "kernel",
        address: this.address,
        host,
      }));
    this.exports = new KernelExports({ ...this, ready });
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
