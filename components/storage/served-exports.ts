import type * as pulumi from "@pulumi/pulumi";
import type { Issue } from "../../validation/issue";
import type { Host } from "../host/host";
import type { NfsExport, NfsExportSpec, NfsServer, NfsServerHandle } from "./nfs-server";

/** The server that exports are added to. */
export interface ExportsArgs {
  host: Host;
  address: string;
  handle: pulumi.Output<NfsServerHandle>;
  /** What has to be there before an export can be added; nothing when another stack made the server. */
  ready?: pulumi.Resource;
}

/** A running NFS server, of this stack or another: exports are added to it one by one. */
export abstract class ServedExports implements NfsServer {
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

  abstract checkSettings(settings: Record<string, string>): Issue[];

  addExport(
    resourceName: string,
    spec: NfsExportSpec,
    options?: pulumi.CustomResourceOptions,
  ): NfsExport {
    this.shares.set(spec.path, resourceName);
    const others = [(options?.dependsOn as pulumi.Resource[] | undefined) ?? []].flat();
    const dependsOn = [...this.ready, ...others];
    return this.makeExport(resourceName, spec, this.host.options({ ...options, dependsOn }));
  }

  /** Makes the export, in the server's own terms. */
  protected abstract makeExport(
    resourceName: string,
    spec: NfsExportSpec,
    options: pulumi.CustomResourceOptions,
  ): NfsExport;
}
