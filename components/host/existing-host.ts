import * as pulumi from "@pulumi/pulumi";
import { host as kinds } from "../../resources";
import { IssueList } from "../../validation/checker";
import { checkHostLabel, checkHostName } from "../../validation/dns-name";
import { checkIP } from "../../validation/ip-address";
import { formatIssues } from "../../validation/issue";
import { checkUserName } from "../../validation/linux";
import { checkPort, secondsBetween } from "../../validation/number";
import { checkPublicKey, looksPrivate } from "../../validation/ssh-key";
import { Host } from "./host";
import { withoutStack } from "../refuse";

/** How to reach a machine over SSH. */
export interface SshAddress {
  /** IP address or name, as OpenSSH takes it. */
  address: string;
  /** Port of its sshd. Default 22. */
  port?: number;
  /** User to log in as. Anyone but root needs `sudo` without a password. Default `root`. */
  user?: string;
  /** Its public host keys, one a line, as `ssh-keyscan` prints them without the name in front. */
  hostKey: string;
}

/** A machine that is there already. */
export interface ExistingHostArgs extends SshAddress {
  /** Name of the machine in this program, and of the `labwright:host:Machine` resource. */
  name: string;
  /** Host to go through, as OpenSSH's ProxyJump. Default: straight there. */
  jump?: SshAddress;
  /** Seconds to wait for its sshd and cloud-init. Default 300. */
  bootTimeoutSeconds?: number;
}

/**
 * Joins a machine that somebody else made: bare metal, a rented server, a machine of another tool. It is never created
 * or deleted, only what is put on it.
 *
 * ```ts
 * const nas = existingHost({ name: "nas", address: "10.77.0.20", hostKey });
 * ```
 */
export function existingHost(
  args: ExistingHostArgs,
  options?: pulumi.ComponentResourceOptions,
): Host {
  const issues = new IssueList();
  issues.check("name", args.name, checkHostLabel);
  checkSshAddress(issues, "", args);
  if (args.jump) checkSshAddress(issues, "jump.", args.jump);
  issues.checkOptional("bootTimeoutSeconds", args.bootTimeoutSeconds, secondsBetween(1, 86400));
  if (!issues.empty)
    throw withoutStack(
      new pulumi.RunError(formatIssues(`existingHost ${JSON.stringify(args.name)}`, issues.issues)),
    );

  const reached = { ...connection(args), jump: args.jump && connection(args.jump) };
  const machine = new kinds.Machine(
    args.name,
    { host: reached, bootTimeoutSeconds: args.bootTimeoutSeconds },
    options,
  );
  return new Host({
    name: args.name,
    address: args.address,
    connection: reached,
    machine,
    parent: options?.parent,
  });
}

function connection({ address, port, user, hostKey }: SshAddress) {
  return { address, port: port ?? 22, user: user ?? "root", hostKey: hostKey.trim() };
}

function checkSshAddress(issues: IssueList, prefix: string, ssh: SshAddress): void {
  issues.check(`${prefix}address`, ssh.address, (value) =>
    checkIP(value) === undefined || checkHostName(value) === undefined
      ? undefined
      : "use an IP address or the name of a host",
  );
  issues.checkOptional(`${prefix}port`, ssh.port, checkPort);
  issues.checkOptional(`${prefix}user`, ssh.user, checkUserName);
  const lines = typeof ssh.hostKey === "string" ? ssh.hostKey.trim().split("\n") : [ssh.hostKey];
  if (looksPrivate(ssh.hostKey)) issues.addSecret(`${prefix}hostKey`, checkPublicKey(ssh.hostKey)!);
  else for (const line of lines) issues.check(`${prefix}hostKey`, line, checkPublicKey);
}
