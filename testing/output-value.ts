import type * as pulumi from "@pulumi/pulumi";

/**
 * What an output resolves to. Rejects when its computation fails; `undefined` when it is unknown. Unlike a promise
 * resolved from inside `apply`, it never hangs.
 */
export function outputValue<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}
