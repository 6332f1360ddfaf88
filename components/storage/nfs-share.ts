import * as pulumi from "@pulumi/pulumi";
import { host as kinds } from "../../resources";
import { ipVersion } from "../../validation/ip-address";
import { refuse } from "../refuse";
import { exportName } from "./export-name";
import type { MountableShare, NfsShareHandle } from "./mountable-share";
import { checkShare, clientSpecs } from "./nfs-share.validate";
import type { NfsShareArgs } from "./nfs-share-args";

/**
 * A directory shared over NFS with the machines, addresses and networks that it names, and with nobody else. Works with
 * whatever fulfils `NfsServer`. Deleting it ends the sharing; the directory and what is in it stay, unless `deleteData`.
 *
 * ```ts
 * const media = new NfsShare("media", { server: nfs, path: "/srv/media", clients: [appvm] });
 * ```
 */
export class NfsShare extends pulumi.ComponentResource implements MountableShare {
  readonly address: string;
  readonly source: pulumi.Output<string>;
  readonly handle: pulumi.Output<NfsShareHandle>;
  /** The shared directory on the server. */
  readonly path: string;

  constructor(name: string, args: NfsShareArgs, options?: pulumi.ComponentResourceOptions) {
    super("labwright:storage:NfsShare", name, {}, options);
    refuse(this, `NfsShare ${JSON.stringify(name)}`, checkShare(args).issues);
    const { server, path } = args;
    this.path = path;
    this.address = server.address;

    const directory = new kinds.Directory(
      `${name}-directory`,
      {
        host: server.host.connection,
        path,
        owner: args.owner,
        group: args.group,
        mode: args.mode,
        adopt: args.adopt,
        purge: args.deleteData,
      },
      // What stays is not forgotten: the same share made again finds its own directory.
      server.host.options({ parent: this, retainOnDelete: !args.deleteData }),
    );
    const added = server.addExport(
      name,
      { name: exportName(path), path, clients: clientSpecs(args), settings: args.settings ?? {} },
      { parent: this, dependsOn: [directory] },
    );
    const address = ipVersion(this.address) === 6 ? `[${this.address}]` : this.address;
    this.source = added.path.apply((exported) => `${address}:${exported}`);
    this.handle = this.source.apply((source) => ({
      type: "labwright:NfsShare" as const,
      version: 1 as const,
      provider: "nfs" as const,
      address: this.address,
      source,
    }));
    this.registerOutputs({ source: this.source });
  }
}
