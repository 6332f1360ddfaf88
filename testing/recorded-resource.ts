/** One resource as the program asked the engine for it. */
export interface RecordedResource {
  /** Type token, e.g. `labwright:host:File`. */
  type: string;
  /** Logical name, the one in the program. */
  name: string;
  urn: string;
  /** Empty for components, and for what a preview has not made yet. */
  id: string;
  /** False for a component. */
  custom: boolean;
  /** True for a resource that was only looked up (`Resource.get`). */
  read: boolean;
  /** Inputs as plain values; unknown ones are `undefined`. */
  inputs: Record<string, unknown>;
  /** Paths of the inputs that are secret, e.g. `content` or `users[0].password`. */
  secrets: string[];
  /** Paths of the inputs that were not known, as in a preview. */
  unknowns: string[];
  /** URN of the parent. */
  parent?: string;
  /** URNs of everything it waits for, sorted: explicit dependencies and those of its inputs. */
  dependencies: string[];
  /** URNs each input comes from. */
  propertyDependencies: Record<string, string[]>;
  /** Reference of the provider; empty for the default one. */
  provider: string;
  /** References of the providers handed to its children, by package. */
  providers: Record<string, string>;
  options: RecordedOptions;
  /** What a component registered as its outputs. */
  outputs?: Record<string, unknown>;
  /** Paths of the registered outputs that are secret. */
  outputSecrets: string[];
}

/** Resource options as they reached the engine. */
export interface RecordedOptions {
  protect: boolean;
  deleteBeforeReplace: boolean;
  retainOnDelete: boolean;
  ignoreChanges: string[];
  replaceOnChanges: string[];
  additionalSecretOutputs: string[];
  /** URN of the resource whose deletion takes this one along. */
  deletedWith?: string;
  /** URNs of the resources whose replacement replaces this one. */
  replaceWith: string[];
  /** Number of aliases. */
  aliases: number;
  importId?: string;
  version?: string;
}
