import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "./host";

/** Arguments of `HostCommand`. */
export interface HostCommandArgs {
  /** The host to run on: one that is reached over SSH itself, not a container inside of it. */
  host: Host;
  /** Script that is run when this is made, and when a trigger changes. Never a secret: errors show it whole. */
  create?: pulumi.Input<string>;
  /** Script that is run when an argument changes. Default: `create` is run again. Never a secret. */
  update?: pulumi.Input<string>;
  /** Script that is run when this is deleted, and before it is made anew. Default none. Never a secret. */
  delete?: pulumi.Input<string>;
  /** Standard input of all three: the place for secrets. Kept as a secret. Default none. */
  stdin?: pulumi.Input<string>;
  /**
   * Values whose change replaces it: `delete` is run and then `create`, each with its own version of the arguments.
   * Another machine at the host's address does the same. Default none.
   */
  triggers?: pulumi.Input<pulumi.Input<string | number | boolean>[]>;
  /**
   * Private key to log in with, without a passphrase: `sshKeyFromConfig()` gives the one that Labwright itself uses. It is
   * kept as a secret; another key counts as a changed argument. Default: the keys of the SSH agent (SSH_AUTH_SOCK).
   */
  privateKey?: pulumi.Input<string>;
}
