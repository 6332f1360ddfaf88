import * as pulumi from "@pulumi/pulumi";
import { formatIssues, type Issue } from "../validation/issue";

/**
 * Stops the program when something is wrong, before the component has registered any child. All issues are in the one
 * message; it prints without a stack trace.
 */
export function refuse(
  component: pulumi.Resource,
  subject: string,
  issues: readonly Issue[],
): void {
  if (issues.length > 0)
    throw withoutStack(new pulumi.ResourceError(formatIssues(subject, issues), component, true));
}

/**
 * An error that is shown without its stack anyway. Before it gets there the SDK has Node format the stack, and Node's
 * markNodeModules() does not come to an end on a frame such as node_modules/@pulumi/output.ts, which every awaited call
 * has, until its text is longer than a string may be: half a minute later.
 */
export function withoutStack<E extends Error>(error: E): E {
  error.stack = error.message;
  return error;
}
