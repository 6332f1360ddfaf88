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
    throw new pulumi.ResourceError(formatIssues(subject, issues), component, true);
}
