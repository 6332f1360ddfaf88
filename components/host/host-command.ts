import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { IssueList } from "../../validation/checker";
import { refuse } from "../refuse";
import type { HostCommandArgs } from "./host-command-args";
import { pinnedHostKey, renderCommand } from "./host-command.render";
import { checkCommand, containerFix, scripts } from "./host-command.validate";

/**
 * Scripts of your own on a host, as root: the way out where no component does what you need. It is
 * `@pulumi/command`'s `remote.Command` with the connection and the pinned host key of the host.
 *
 * What it does not do, unlike every other resource here: it sees nothing that changed on the host, it never undoes half a
 * script, it opens a connection of its own each time, and its errors show the whole script.
 *
 * ```ts
 * new HostCommand("search-index", {
 *   host: nas,
 *   privateKey: sshKeyFromConfig(),
 *   create: "/opt/wiki/bin/reindex --all",
 *   delete: "rm -rf /var/lib/wiki/index",
 *   triggers: [wiki.sha256],
 * });
 * ```
 */
export class HostCommand extends pulumi.ComponentResource {
  /** What the last script wrote to its standard output, without the line break at the end. A secret. */
  readonly stdout: pulumi.Output<string>;
  /** What the last script wrote to its standard error. A secret. */
  readonly stderr: pulumi.Output<string>;

  constructor(name: string, args: HostCommandArgs, options?: pulumi.ComponentResourceOptions) {
    super("labwright:host:HostCommand", name, {}, options);
    const subject = `HostCommand ${JSON.stringify(name)}`;
    refuse(this, subject, checkCommand(args).issues);

    const { connection } = args.host;
    const { user = "root", jump } = connection;
    const privateKey = args.privateKey === undefined ? undefined : pulumi.secret(args.privateKey);
    const admitted = this.admit(subject, args);
    const script = (field: (typeof scripts)[number]) =>
      args[field] === undefined
        ? undefined
        : pulumi
            .all([admitted, args[field], user])
            .apply(([, text, login]) => renderCommand(text, login));
    const command = new remote.Command(
      name,
      {
        connection: pulumi.secret({
          host: connection.address,
          port: connection.port ?? 22,
          user,
          hostKey: pulumi.output(connection.hostKey).apply(pinnedHostKey),
          privateKey,
          proxy:
            jump &&
            pulumi.output(jump).apply((proxy) => ({
              host: proxy.address,
              port: proxy.port ?? 22,
              user: proxy.user ?? "root",
              hostKey: pinnedHostKey(proxy.hostKey),
              privateKey,
            })),
        }),
        create: script("create"),
        update: script("update"),
        delete: script("delete"),
        stdin: args.stdin === undefined ? undefined : pulumi.secret(args.stdin),
        triggers: pulumi
          .all([connection.machineId, args.triggers ?? []])
          .apply(([machineId, triggers]) => [machineId, ...triggers]),
        // A script may say what it read; and sshd takes no variables unless it is told to.
        logging: args.stdin === undefined ? undefined : remote.Logging.None,
        addPreviousOutputInEnv: false,
      },
      args.host.options({ parent: this, additionalSecretOutputs: ["stdout", "stderr"] }),
    );
    this.stdout = command.stdout;
    this.stderr = command.stderr;
    this.registerOutputs({ stdout: this.stdout, stderr: this.stderr });
  }

  /** Known once no script holds a secret and the host is none inside another; stops the program otherwise. */
  private admit(subject: string, args: HostCommandArgs): pulumi.Output<void> {
    const secret = pulumi.all(scripts.map((field) => pulumi.isSecret(pulumi.output(args[field]))));
    const inside = pulumi.output(args.host.connection.inside);
    return pulumi.all([inside, secret]).apply(([containers = [], found]) => {
      const issues = new IssueList();
      scripts.forEach((field, index) => {
        if (found[index])
          issues.addSecret(
            field,
            "holds a secret, and errors show the whole script: give the secret as stdin and read it there",
          );
      });
      if (containers.length > 0) issues.add("host", args.host.name, containerFix);
      refuse(this, subject, issues.issues);
    });
  }
}
