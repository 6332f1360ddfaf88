import type * as pulumi from "@pulumi/pulumi";
import { nfs } from "../../resources";
import { IssueList } from "../../validation/checker";
import type { Issue } from "../../validation/issue";
import type { Host } from "../host/host";
import { ownOptions, renderOptions } from "./kernel-options.render";
import type { NfsExport, NfsExportSpec, NfsServer, NfsServerHandle } from "./nfs-server";

/** A `KernelNfsServer` as plain data. */
export interface KernelNfsServerHandle extends NfsServerHandle {
  provider: "kernel";
}

/** The server that exports are added to. */
export interface ExportsArgs {
  host: Host;
  address: string;
  handle: pulumi.Output<NfsServerHandle>;
  /** What has to be there before an export can be added; nothing when another stack made the server. */
  ready?: pulumi.Resource;
}

/** A running NFS server of the kernel, of this stack or another: exports are added to it one by one. */
export class KernelExports implements NfsServer {
  readonly host: Host;
  readonly address: string;
  readonly handle: pulumi.Output<NfsServerHandle>;
  private readonly ready: pulumi.Resource[];
  private readonly shares = new Map<string, string>();

  constructor({ host, address, handle, ready }: ExportsArgs) {
    this.host = host;
    this.address = address;
    this.handle = handle;
    this.ready = ready ? [ready] : [];
  }

  shareOf(path: string): string | undefined {
    return this.shares.get(path);
  }

  checkSettings(settings: Record<string, string>): Issue[] {
    const issues = new IssueList();
    for (const [name, value] of Object.entries(settings)) {
      const field = `settings.${name}`;
      if (ownOptions.includes(name))
        issues.add(field, value, "leave it out: the share's clients say it by their own fields");
      else if (!/^[a-z][a-z0-9_]*$/.test(name))
        issues.add(field, value, "use the name of an option of exports(5), such as crossmnt");
      if (typeof value !== "string" || !/^[A-Za-z0-9_.:@%/[\]-]*$/.test(value))
        issues.add(field, value, 'use one word, or "" for an option that has no value');
    }
    return issues.issues;
  }

  addExport(
    resourceName: string,
    { name, path, clients, settings }: NfsExportSpec,
    options?: pulumi.CustomResourceOptions,
  ): NfsExport {
    this.shares.set(path, resourceName);
    const resource = new nfs.Export(
      resourceName,
      {
        host: this.host.connection,
        name,
        path,
        clients: clients.map((client) => ({
          client: client.client,
          options: renderOptions(client, settings),
        })),
      },
      this.host.options({
        ...options,
        dependsOn: [
          ...this.ready,
          ...[(options?.dependsOn as pulumi.Resource[] | undefined) ?? []].flat(),
        ],
      }),
    );
    return { resource, path: resource.path };
  }
}
