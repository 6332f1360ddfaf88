import * as pulumi from "@pulumi/pulumi";
import { host as kinds, type HostConnection, type HostConnectionArgs } from "../../resources";

/** A host as plain data: how to reach it and which machine it is. Fit to be a stack's output. */
export interface HostHandle {
  type: "labwright:Host";
  version: 1;
  name: string;
  connection: HostConnection;
}

/** What a host is made from. `Vm` and `existingHost()` do it. */
export interface HostArgs {
  /** Names what belongs to the host, such as packages that several components share. */
  name: string;
  /** Address that others in the network reach it at. */
  address: string;
  /** How it is reached. */
  connection: Omit<HostConnectionArgs, "machineId">;
  /** The machine, joined. */
  machine: kinds.Machine;
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
  readonly machine: kinds.Machine;
  /** The host as plain data, for other stacks. */
  readonly handle: pulumi.Output<HostHandle>;
  private readonly parent?: pulumi.Resource;
  private readonly deletedWith?: pulumi.Resource;
  private readonly packages = new Map<string, kinds.Package>();

  constructor(args: HostArgs) {
    this.name = args.name;
    this.address = args.address;
    this.machine = args.machine;
    this.parent = args.parent;
    this.deletedWith = args.deletedWith;
    this.connection = { ...args.connection, machineId: args.machine.machineId };
    this.handle = pulumi
      .all([args.machine.host, args.machine.machineId])
      .apply(([connection, machineId]) => ({
        type: "labwright:Host" as const,
        version: 1 as const,
        name: args.name,
        connection: { ...connection, machineId },
      }));
  }

  /** Options of a resource on this host: it goes without a delete of its own when the machine goes. */
  options(options: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
    return { deletedWith: this.deletedWith, ...options };
  }

  /**
   * A package that a component needs, which others on the same host may need as well. One resource however often it is
   * asked for: two could not own the same package.
   */
  package(name: string): kinds.Package {
    const known = this.packages.get(name);
    if (known) return known;
    const made = new kinds.Package(
      `${this.name}-${name}`,
      { host: this.connection, name },
      this.options({ parent: this.parent }),
    );
    this.packages.set(name, made);
    return made;
  }
}
