import * as pulumi from "@pulumi/pulumi";
import { host as kinds, type HostConnection, type HostConnectionArgs } from "../../resources";

/** What a machine says of itself: facts of `labwright:host:Machine`. */
export interface MachineFacts {
  /** `ID` of os-release(5): `debian`, `alpine`, `rocky`, `arch`. */
  distribution: string;
  /** `VERSION_ID` of os-release(5), such as `12`; empty on a rolling distribution. */
  release: string;
  /** What runs services: `systemd`, `openrc` or `none`. */
  initSystem: string;
  /** What installs packages: `apt`, `apk`, `dnf`, `pacman` or `none`. */
  packageManager: string;
  /** The machine's own name, `uname -n`. */
  hostname: string;
  /** The machine's architecture, `uname -m`. */
  architecture: string;
}

/** A host as plain data: how to reach it and which machine it is. Fit to be a stack's output. */
export interface HostHandle {
  type: "labwright:Host";
  version: 1;
  provider: "ssh";
  /** The stack that joined it: `PROJECT/STACK`. */
  stack: string;
  /** Name of the host in that stack. */
  name: string;
  /** Address that others in the network reach it at. */
  address: string;
  /** How Labwright reaches it, and the id of the machine. */
  connection: HostConnection;
  facts: MachineFacts;
}

/** A machine that was joined: a `labwright:host:Machine` of this program, or one of another stack. */
export type JoinedMachine = Pick<
  kinds.Machine,
  "host" | "machineId" | (keyof MachineFacts & keyof kinds.Machine)
>;

/** What a host is made from. `Vm` and `existingHost()` do it. */
export interface HostArgs {
  /** Names what belongs to the host, such as packages that several components share. */
  name: string;
  /** Address that others in the network reach it at. */
  address: string;
  /** How it is reached. */
  connection: Omit<HostConnectionArgs, "machineId">;
  /** The machine, joined. */
  machine: JoinedMachine;
  /** The stack that joined it, `PROJECT/STACK`. Default: this one. */
  stack?: string;
  /** Parent of what belongs to the host itself. */
  parent?: pulumi.Resource;
  /** What takes everything on the host along when it is deleted, such as the virtual machine. */
  deletedWith?: pulumi.Resource;
}

/**
 * A machine that things can be put on: a virtual machine, bare metal, or a rented server. `connection` is the `host`
 * of every resource on it, and through it they all wait for the machine to be joined.
 */
export class Host {
  readonly name: string;
  /** IP address or name, as SSH and the other hosts use it. */
  readonly address: string;
  /**
   * How to reach it, with the id of the machine: the `host` input of resources. An object of outputs, not an output of
   * an object: when the machine is made anew, a preview knows all but its id.
   */
  readonly connection: HostConnectionArgs;
  /** The machine, with its facts. A resource only where this program joined it. */
  readonly machine: JoinedMachine;
  /** The host as plain data, for other stacks. */
  readonly handle: pulumi.Output<HostHandle>;
  private readonly parent?: pulumi.Resource;
  private readonly deletedWith?: pulumi.Resource;
  private readonly commons = new Map<string, pulumi.Resource>();

  constructor(args: HostArgs) {
    const { name, address, machine } = args;
    const stack = args.stack ?? ownStack();
    this.name = name;
    this.address = address;
    this.machine = machine;
    this.parent = args.parent;
    this.deletedWith = args.deletedWith;
    this.connection = { ...args.connection, machineId: machine.machineId };
    this.handle = pulumi
      .output({
        connection: machine.host,
        machineId: machine.machineId,
        distribution: machine.distribution,
        release: machine.release,
        initSystem: machine.initSystem,
        packageManager: machine.packageManager,
        hostname: machine.hostname,
        architecture: machine.architecture,
      })
      .apply(({ connection, machineId, ...facts }): HostHandle => ({
        type: "labwright:Host",
        version: 1,
        provider: "ssh",
        stack,
        name,
        address,
        connection: { ...connection, machineId },
        facts,
      }));
  }

  /** Options of a resource on this host: it goes without a delete of its own when the machine goes. */
  options(options: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
    return { deletedWith: this.deletedWith, ...options };
  }

  /**
   * A package that a component needs, which others on the same host may need as well. One resource however often it is
   * asked for: two of one program could not own the same package. Those of two stacks share it.
   */
  package(name: string): kinds.Package {
    return this.shared(
      `package ${name}`,
      (options) =>
        new kinds.Package(`${this.name}-${name}`, { host: this.connection, name }, options),
    );
  }

  /**
   * What several components on the host use and each asks for: made once, by whoever asks first, and the host's own. `key`
   * names it among all of them.
   */
  shared<T extends pulumi.Resource>(
    key: string,
    make: (options: pulumi.CustomResourceOptions) => T,
  ): T {
    const known = this.commons.get(key) as T | undefined;
    if (known) return known;
    const made = make(this.options({ parent: this.parent }));
    this.commons.set(key, made);
    return made;
  }
}

/** This stack as handles and ledgers have it. */
export const ownStack = (): string => `${pulumi.getProject()}/${pulumi.getStack()}`;
