import * as pulumi from "@pulumi/pulumi";
import { IssueList } from "../../validation/checker";
import { formatIssues } from "../../validation/issue";
import { lab, type OfferedHostArgs } from "../../resources";
import type { Handle } from "../handle";
import { type HostHandle, ownStack } from "../host/host";
import { withoutStack } from "../refuse";

/** What a component offers other stacks. */
export interface Offerable<H extends Handle = Handle> {
  /** The component as plain data. */
  readonly handle: pulumi.Output<H>;
}

/** How things are offered. */
export interface OfferOptions {
  /**
   * Let them go whatever other stacks still have on this stack's hosts, without looking. It takes a `pulumi up` before the
   * `pulumi destroy`. Default false.
   */
  force?: boolean;
}

/** The handles of what is offered. */
export type Offered<T extends Record<string, Offerable>> = { [K in keyof T]: T[K]["handle"] };

/**
 * Offers components to other stacks, and keeps them there as long as others use them: a `pulumi destroy` of this stack is
 * refused before it has taken anything away, naming the stacks and what they have on this stack's hosts; so is taking a
 * host out of the offer. Who uses what is known from the hosts themselves, not from any other stack's state.
 *
 * Call it once, last, and export what it gives as `handles`: everything the program has made by then is guarded.
 *
 * ```ts
 * export const handles = offer({ lan, ns });
 * ```
 */
export function offer<T extends Record<string, Offerable>>(
  things: T,
  options: OfferOptions = {},
): Offered<T> {
  refuseWhatHasNoHandle(things);
  const handles = Object.fromEntries(
    Object.entries(things).map(([name, { handle }]) => [name, handle]),
  );
  new lab.Offer(
    "offer",
    {
      hosts: pulumi.output(handles).apply((known) => ownHosts(known)),
      force: options.force,
    },
    { dependsOn: everythingElse() },
  );
  return handles as Offered<T>;
}

function refuseWhatHasNoHandle(things: Record<string, Partial<Offerable> | undefined>): void {
  const issues = new IssueList();
  for (const [name, thing] of Object.entries(things)) {
    const fix = "give a component that has a handle, such as a zone, a proxy or vm.host";
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      issues.add("things", name, "use letters, digits and _: other programs write it after a dot");
    if (pulumi.Output.isInstance(thing) || !pulumi.Output.isInstance(thing?.handle))
      issues.addSecret(name, fix);
  }
  if (!issues.empty)
    throw withoutStack(new pulumi.RunError(formatIssues("offer()", issues.issues)));
}

/** The hosts inside handles that this stack joined. What others have on the rest is not this stack's to guard. */
function ownHosts(handles: unknown): Record<string, OfferedHostArgs> {
  const found: Record<string, OfferedHostArgs> = {};
  const look = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const handle = value as Partial<HostHandle>;
    if (handle.type === "labwright:Host" && handle.stack === ownStack()) {
      const { name, connection } = handle as HostHandle;
      const taken = found[name] !== undefined && found[name].machineId !== connection.machineId;
      found[taken ? `${name} ${connection.machineId}` : name] = connection;
    }
    for (const inner of Object.values(value)) look(inner);
  };
  look(handles);
  return found;
}

/** All resources of the program so far, so that nothing of it is deleted before the offer is. */
function everythingElse(): pulumi.Resource[] {
  const stack = pulumi.runtime.getStackResource() as { __childResources?: Set<pulumi.Resource> };
  return [...(stack?.__childResources ?? [])];
}
