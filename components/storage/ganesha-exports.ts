import type * as pulumi from "@pulumi/pulumi";
import { ganesha } from "../../resources";
import { IssueList } from "../../validation/checker";
import type { Issue } from "../../validation/issue";
import type { NfsExport, NfsExportSpec, NfsServerHandle } from "./nfs-server";
import { ServedExports } from "./served-exports";

/** A `GaneshaServer` as plain data. */
export interface GaneshaServerHandle extends NfsServerHandle {
  provider: "ganesha";
}

/** Parameters of an EXPORT block that a share says by its own fields, in lower case as Ganesha compares them. */
const OWN_PARAMETERS = [
  "export_id",
  "path",
  "pseudo",
  "access_type",
  "squash",
  "anonymous_uid",
  "anonymous_gid",
  "sectype",
  "privilegedport",
  "fsal",
  "client",
  "clients",
];

const squash = { root: "root_squash", all: "all_squash", none: "no_root_squash" } as const;

/** A running NFS-Ganesha, of this stack or another: exports are added to it one by one. */
export class GaneshaExports extends ServedExports {
  checkSettings(settings: Record<string, string>): Issue[] {
    const issues = new IssueList();
    for (const [name, value] of Object.entries(settings)) {
      const field = `settings.${name}`;
      if (OWN_PARAMETERS.includes(name.toLowerCase()))
        issues.add(field, value, "leave it out: the share says it by its own fields");
      else if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name))
        issues.add(field, value, "use the name of a parameter of EXPORT, such as MaxRead");
      if (typeof value !== "string" || !/^[A-Za-z0-9_.-]+( *, *[A-Za-z0-9_.-]+)*$/.test(value))
        issues.add(field, value, "use one word, or several with commas between them");
    }
    return issues.issues;
  }

  protected makeExport(
    resourceName: string,
    { name, path, clients, settings }: NfsExportSpec,
    options: pulumi.CustomResourceOptions,
  ): NfsExport {
    const resource = new ganesha.Export(
      resourceName,
      {
        host: this.host.connection,
        name,
        path,
        // As with the kernel's server, clients mount what the directory is called.
        pseudo: path,
        clients: clients.map((client) => ({
          client: client.client,
          accessType: client.access === "rw" ? "RW" : "RO",
          squash: squash[client.squash],
          anonymousUid: client.anonymousUid,
          anonymousGid: client.anonymousGid,
          secType: client.security,
          privilegedPort: client.privilegedPort,
        })),
        settings,
      },
      options,
    );
    return { resource, path: resource.pseudo };
  }
}
