import * as pulumi from "@pulumi/pulumi";
import { host as kinds, nspawn } from "../../resources";
import { parseNetwork } from "../../validation/network";
import { Host } from "../host/host";
import { refuse } from "../refuse";
import { containerImage } from "./container-image";
import type { NspawnMachineArgs } from "./nspawn-machine-args";
import { checkNspawnMachine } from "./nspawn-machine.validate";

/**
 * A container of systemd-nspawn on any host with systemd, and a host itself: `host` takes every resource and component
 * that a machine takes. It is entered over its host's own connection; no sshd runs inside, and no agent. What is bound
 * into it outlives it and its image.
 *
 * ```ts
 * const web = new NspawnMachine("web", { on: box, image: { suite: "bookworm" } });
 * new File("motd", { host: web.host.connection, path: "/etc/motd", content: "Hello\n", adopt: true });
 * ```
 */
export class NspawnMachine extends pulumi.ComponentResource {
  /** The container as something to put things on. */
  readonly host: Host;
  /** The host that it runs on. */
  readonly on: Host;
  /** Name in `machinectl`. */
  readonly containerName: string;
  /** Address that others reach it at: its own fixed one, or else that of its host. */
  readonly address: string;
  /** The container itself, for what has to wait for it. */
  readonly container: nspawn.Machine;

  constructor(name: string, args: NspawnMachineArgs, options?: pulumi.ComponentResourceOptions) {
    super("labwright:container:NspawnMachine", name, {}, options);
    const { on } = args;
    this.on = on;
    this.containerName = args.containerName ?? name;
    const { issues } = checkNspawnMachine(args, this.containerName);
    const claims = claimsOn(on);
    const owner = claims.get(this.containerName);
    if (owner !== undefined)
      issues.push({
        field: args.containerName === undefined ? "name" : "containerName",
        value: this.containerName,
        fix: `container ${JSON.stringify(owner)} of this host has it: use another`,
      });
    refuse(this, `NspawnMachine ${JSON.stringify(name)}`, issues);
    claims.set(this.containerName, name);
    this.address = args.address ? parseNetwork(args.address).address : on.address;

    const { image, waitFor } = this.image(args);
    if ((args.ports ?? []).length > 0) waitFor.push(on.package("nftables"));
    this.container = new nspawn.Machine(
      name,
      {
        host: on.connection,
        name: this.containerName,
        image,
        ...sections(args, this.containerName),
        limits: args.limits ?? {},
        startAtBoot: args.startAtBoot,
      },
      on.options({ parent: this, dependsOn: waitFor }),
    );
    this.host = this.enter(name, args);
    this.registerOutputs({ containerName: this.containerName, address: this.address });
  }

  private image({ on, image }: NspawnMachineArgs): {
    image: pulumi.Input<string>;
    waitFor: pulumi.Resource[];
  } {
    const runner = on.package("systemd-container");
    if (!("clone" in image)) {
      const made = containerImage(on, image);
      return { image: made.name, waitFor: [runner, made] };
    }
    if (typeof image.clone === "string") return { image: image.clone, waitFor: [runner] };
    return { image: image.clone.container.name, waitFor: [runner, image.clone.container] };
  }

  /** The container as a host: joined through its own host, and made anew whenever the container is. */
  private enter(name: string, args: NspawnMachineArgs): Host {
    const { address, port, user, hostKey, jump, inside } = this.on.connection;
    const step = { type: "nspawn" as const, name: this.containerName };
    const connection = {
      ...{ address, port, user, hostKey, jump },
      inside: pulumi.output(inside).apply((outer) => [...(outer ?? []), step]),
    };
    const machine = new kinds.Machine(
      `${name}-machine`,
      { host: connection, bootTimeoutSeconds: args.bootTimeoutSeconds },
      {
        parent: this,
        dependsOn: [this.container],
        deletedWith: this.container,
        replaceWith: [this.container],
        // A new image is another machine, in the same place.
        replacementTrigger: this.container.image,
      },
    );
    return new Host({
      name,
      address: this.address,
      connection,
      machine,
      parent: this,
      deletedWith: this.container,
    });
  }
}

/** Names of containers that this program has on a host, and whose they are. */
const containers = new WeakMap<Host, Map<string, string>>();

function claimsOn(host: Host): Map<string, string> {
  let claims = containers.get(host);
  if (!claims) containers.set(host, (claims = new Map()));
  return claims;
}

/** The sections of the container's settings file. */
function sections(args: NspawnMachineArgs, containerName: string) {
  const { network, ports = [] } = args;
  const privateUsers = args.privateUsers ?? network !== undefined;
  return {
    exec: {
      hostname: args.hostName ?? containerName,
      privateUsers: privateUsers ? "pick" : "no",
      ephemeral: args.ephemeral,
      environment: args.environment,
    },
    network: network
      ? {
          private: true,
          virtualEthernet: network.macvlan === undefined,
          bridge: network.bridge,
          zone: network.zone,
          macvlan: network.macvlan === undefined ? undefined : [network.macvlan],
          ports:
            ports.length > 0
              ? ports.map(({ host, container, protocol }) => ({
                  protocol: protocol ?? ("tcp" as const),
                  host,
                  container: container ?? host,
                }))
              : undefined,
          address: args.address,
          gateway: args.gateway,
        }
      : { private: false, virtualEthernet: false },
    files: { binds: binds(args, privateUsers) },
    settings: furtherSettings(args),
  };
}

function furtherSettings({ network, settings = {} }: NspawnMachineArgs) {
  const lists = Object.entries(settings).map(
    ([section, lines]): [string, Record<string, string[]>] => [
      section,
      Object.fromEntries(Object.entries(lines).map(([name, values]) => [name, [values].flat()])),
    ],
  );
  const further = Object.fromEntries(lists);
  // A container that shares the host's network has the host's by itself.
  return network
    ? { ...further, Exec: { ResolvConf: ["copy-host"], ...further["Exec"] } }
    : further;
}

/** The binds by their paths inside, so that their order in the program does not matter. */
function binds(args: NspawnMachineArgs, privateUsers: boolean) {
  const entries = Object.entries(args.binds ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return undefined;
  return entries.map(([path, bind]) => {
    const { source, readOnly, idmap } = typeof bind === "string" ? { source: bind } : bind;
    return { source, path, readOnly: readOnly ?? false, idmap: idmap ?? privateUsers };
  });
}
