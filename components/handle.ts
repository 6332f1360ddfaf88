import type * as pulumi from "@pulumi/pulumi";

/** What every handle begins with: a thing of one stack as plain data, fit to be its output. */
export interface Handle {
  /** Which contract it is, e.g. `labwright:DnsZone`. */
  type: string;
  /** Version of the handle's fields. It goes up when an older Labwright could not read them any more. */
  version: number;
  /** Which implementation of the contract, e.g. `bind`. What else is in the handle depends on it. */
  provider: string;
}

/** Where a handle came from, for what is made of it. */
export interface HandleSource {
  /** Parent of what belongs to a thing of the other stack itself, such as a package on its host. */
  readonly parent: pulumi.Resource;
  /** The thing that a handle inside this one stands for: one and the same for equal handles. */
  read<C>(contract: HandleContract<C>, handle: Handle): C;
}

/** How a contract is fulfilled by a handle alone. Lies beside the contract, and in the list of `lab/contracts.ts`. */
export interface HandleContract<C, T extends string = string> {
  readonly type: T;
  /** The version of the handles that it reads. */
  readonly version: number;
  /** What makes each implementation of its handle, by provider. Type, version and provider have been checked. */
  readonly providers: Readonly<Record<string, (handle: never, source: HandleSource) => C>>;
}
