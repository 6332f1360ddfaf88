import type * as pulumi from "@pulumi/pulumi";
import { nfs } from "../../resources";
import { IssueList } from "../../validation/checker";
import type { Issue } from "../../validation/issue";
import { ownOptions, renderOptions } from "./kernel-options.render";
import type { NfsExport, NfsExportSpec, NfsServerHandle } from "./nfs-server";
import { ServedExports } from "./served-exports";

/** A `KernelNfsServer` as plain data. */
export interface KernelNfsServerHandle extends NfsServerHandle {
  provider: "kernel";
}

/** A running NFS server of the kernel, of this stack or another: exports are added to it one by one. */
export class KernelExports extends ServedExports {
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

  protected makeExport(
    resourceName: string,
    { name, path, clients, settings }: NfsExportSpec,
    options: pulumi.CustomResourceOptions,
  ): NfsExport {
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
      options,
    );
    return { resource, path: resource.path };
  }
}
