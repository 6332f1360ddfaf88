import * as pulumi from "@pulumi/pulumi";
import type { Contracts } from "./contracts";
import { readHandles } from "./read-handles";
import { withoutStack } from "../refuse";

/** What a stack's module or program exports: `typeof import("./home")`. */
type Exports<Lab> = Lab extends () => Promise<infer Result>
  ? Result
  : Lab extends () => infer Result
    ? Result
    : Lab extends { default: infer Program extends () => unknown }
      ? Exports<Program>
      : Lab;

/** The handles that a stack exports. */
export type HandlesOf<Lab> = Exports<Lab> extends { handles: infer Handles } ? Handles : never;

/**
 * What another stack offers, ready to be used as if it were of this program: a `DnsZone` for a zone's handle, a
 * `ReverseProxy` for a proxy's. The type parameter is the other stack's module, so that your editor knows the names; it
 * is imported as a type only and not run.
 *
 * Awaited, because what is read is known at once, in a preview too; so the program is an async function. Nothing of the
 * other stack is changed: what this stack adds is its own, and goes with it. The stack has to be up; one that is not, or
 * that exports no `handles`, and handles of another version of Labwright, are each an error that says what to do.
 *
 * ```ts
 * export = async () => {
 *   const home = await labReference<typeof import("./home")>("home");
 *   new DnsRecord("printer", { zone: home.lan, type: "A", values: "10.77.0.40" });
 * };
 * ```
 *
 * @param stack Name of a stack of the same project, or `organization/project/stack`; the organization of a backend that
 *   has none is called `organization`.
 */
export async function labReference<Lab = never>(
  stack: string,
  options?: pulumi.CustomResourceOptions,
): Promise<Contracts<HandlesOf<Lab>>> {
  await seeStack(stack);
  const reference = new pulumi.StackReference(stack, { name: stack }, options);
  const handles = exportedHandles(stack, await reference.getOutputDetails("handles"));
  return readHandles(stack, handles, reference) as Contracts<HandlesOf<Lab>>;
}

const about = (stack: string): string => `labReference ${JSON.stringify(stack)}`;

/** Fails when there is no such stack. A stack reference that cannot be read ends the program in other words. */
async function seeStack(stack: string): Promise<void> {
  try {
    await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name: stack });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw withoutStack(
      new pulumi.RunError(
        `${about(stack)}: the stack cannot be read; bring it up first (\`pulumi up --stack ${stack}\`), or name another one, ` +
          `as organization/project/stack when it is of another project: ${reason}`,
      ),
    );
  }
}

function exportedHandles(
  stack: string,
  { value, secretValue }: pulumi.StackReferenceOutputDetails,
): Record<string, unknown> {
  if (secretValue !== undefined)
    throw withoutStack(
      new pulumi.RunError(
        `${about(stack)}: its output "handles" is secret; handles hold no secrets: leave out what is secret there and ` +
          `export it beside them`,
      ),
    );
  if (typeof value !== "object" || value === null)
    throw withoutStack(
      new pulumi.RunError(
        `${about(stack)}: it has no output "handles"; export it there (export const handles = offer({ lan })) and run ` +
          `\`pulumi up --stack ${stack}\`; a stack that was never brought up has none either`,
      ),
    );
  return value as Record<string, unknown>;
}
