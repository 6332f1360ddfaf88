import * as pulumi from "@pulumi/pulumi";
import { host as kinds } from "../../resources";
import { IssueList } from "../../validation/checker";
import { canonicalIP, checkIP, ipVersion } from "../../validation/ip-address";
import { checkFullHostName } from "../../validation/dns-name";
import { checkAbsolutePath } from "../../validation/linux";
import { secondsBetween } from "../../validation/number";
import type { Host } from "../host/host";
import { refuse } from "../refuse";
import type { MountableShare } from "./mountable-share";
import { nfsPackage } from "./nfs-package";
import { checkSharePath } from "./nfs-share.validate";
import type { Addressed } from "./nfs-share-args";

/** Arguments of `NfsMount`. Exactly one of `share`, and `server` with `path`, is given. */
export interface NfsMountArgs {
  /** The machine to mount it on. */
  host: Host;
  /** Mount point, an absolute path. Made when it is not there. A change replaces the mount. */
  at: string;
  /** The share: an `NfsShare` of this program or of another stack. */
  share?: MountableShare;
  /** A server that is not of this lab, by its machine, address or name. Together with `path`. */
  server?: Addressed | string;
  /** What that server shares, an absolute path. */
  path?: string;
  /** Read only. Default false; what the server allows counts in any case. */
  readOnly?: boolean;
  /** Version of NFS: 3, 4, 4.0, 4.1 or 4.2. Default `4.2`, with what both sides know at most. */
  version?: "3" | "4" | "4.0" | "4.1" | "4.2";
  /**
   * Mount it at the first access instead of at boot, so that neither this machine's boot nor `pulumi up` needs the server.
   * Default true. Without systemd it is mounted at boot.
   */
  automount?: boolean;
  /** With `automount`: seconds without use after which it is unmounted; 0 is never. Default 0. */
  idleTimeoutSeconds?: number;
  /** Seconds after which an attempt to mount is given up. Default 30. */
  timeoutSeconds?: number;
  /** Further options of nfs(5), such as `["noatime", "rsize=1048576"]`. Default none. */
  options?: string[];
}

/**
 * An NFS share mounted on a machine: at the first access, or at boot, once network and server are there. A boot never
 * hangs because the server is away. Deleting it unmounts; the data are the server's.
 *
 * ```ts
 * new NfsMount("app-media", { host: appvm.host, share: media, at: "/media" });
 * ```
 */
export class NfsMount extends pulumi.ComponentResource {
  /** Mount point, known when the mount is there: what lies in it should depend on this. */
  readonly path: pulumi.Output<string>;

  constructor(name: string, args: NfsMountArgs, options?: pulumi.ComponentResourceOptions) {
    super("labwright:storage:NfsMount", name, {}, options);
    refuse(this, `NfsMount ${JSON.stringify(name)}`, checkMount(args).issues);
    const { host } = args;
    const mount = new kinds.Mount(
      name,
      {
        host: host.connection,
        where: args.at,
        what: args.share ? args.share.source : sourceOf(args.server!, args.path!),
        type: "nfs",
        options: [
          `nfsvers=${args.version ?? "4.2"}`,
          ...(args.readOnly ? ["ro"] : []),
          ...(args.options ?? []),
        ],
        network: true,
        automount: args.automount ?? true,
        idleTimeoutSeconds: args.idleTimeoutSeconds,
        timeoutSeconds: args.timeoutSeconds,
      },
      host.options({ parent: this, dependsOn: [nfsPackage(host, "client", { parent: this })] }),
    );
    this.path = mount.where;
    this.registerOutputs({ path: this.path });
  }
}

const addressOf = (server: Addressed | string) =>
  typeof server === "string" ? server : server.address;

function sourceOf(server: Addressed | string, path: string): string {
  const address = addressOf(server);
  if (checkIP(address) !== undefined) return `${address}:${path}`;
  const canonical = canonicalIP(address);
  return `${ipVersion(canonical) === 6 ? `[${canonical}]` : canonical}:${path}`;
}

/** Options that the arguments say, by what stands before the equals sign. */
const OWN = ["ro", "rw", "nfsvers", "vers", "_netdev", "nofail", "auto", "noauto", "defaults"];

function checkMount(args: NfsMountArgs): IssueList {
  const issues = new IssueList();
  issues.check("at", args.at, checkAbsolutePath);
  if (args.share !== undefined) {
    for (const field of ["server", "path"] as const)
      if (args[field] !== undefined) issues.addSecret(field, "leave it out: share says it already");
  } else if (args.server === undefined)
    issues.add("share", undefined, "say what to mount: a share, or server and path");
  else {
    issues.check("server", addressOf(args.server), (value) =>
      checkIP(value) === undefined || checkFullHostName(value) === undefined
        ? undefined
        : "use an IP address, or a name with its domain such as nas.home.arpa",
    );
    issues.check("path", args.path, checkSharePath);
  }
  issues.checkOptional("version", args.version, (value) =>
    ["3", "4", "4.0", "4.1", "4.2"].includes(value as string)
      ? undefined
      : 'use "3", "4", "4.0", "4.1" or "4.2"',
  );
  issues.checkOptional("idleTimeoutSeconds", args.idleTimeoutSeconds, secondsBetween(0, 86400));
  if (args.idleTimeoutSeconds && args.automount === false)
    issues.add("idleTimeoutSeconds", args.idleTimeoutSeconds, "use it with automount only");
  issues.checkOptional("timeoutSeconds", args.timeoutSeconds, secondsBetween(1, 3600));
  for (const field of ["readOnly", "automount"] as const)
    issues.checkOptional(field, args[field], (value) =>
      typeof value === "boolean" ? undefined : "use true or false",
    );
  for (const [index, option] of (args.options ?? []).entries()) {
    const field = `options[${index}]`;
    const good = issues.check(field, option, (value) =>
      typeof value === "string" && /^[A-Za-z_][A-Za-z0-9_.:@%/=+[\]-]{0,199}$/.test(value)
        ? undefined
        : "use one option of nfs(5), such as noatime, without white space and commas",
    );
    if (good && (OWN.includes(option.split("=")[0]!) || option.startsWith("x-systemd.")))
      issues.add(field, option, "leave it out: the mount says it by its own arguments");
  }
  return issues;
}
