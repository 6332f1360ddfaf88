import { describeHost } from "../host/errors";
import type { MachineConnection } from "../schema";
import { type Claim, decode } from "./ownership";

/** What the claim of a change was refused for, worded for the person. */
export function refusal(
  fields: Readonly<Record<string, string>>,
  claim: Claim,
  host: MachineConnection,
): Error {
  const name = `${claim.physical} on ${describeHost(host)}`;
  if (fields.refused === "exists") {
    return new Error(
      `${name} exists already and was not made by this resource; set adopt: true to take it over, ` +
        `bring it in with \`pulumi import\`, or take it away`,
    );
  }
  const owner = decode(fields.owner ?? "");
  if (fields.refused === "wants") {
    return new Error(
      `${name} is shared with ${owner} of another stack, which wants it otherwise: ${decode(fields.wants ?? "")}; ` +
        `say the same in both, or set adopt: true here for one update and change the other after it`,
    );
  }
  const stackOf = (urn: string) => urn.split("::").slice(0, 2).join("::");
  if (stackOf(owner) === stackOf(claim.urn)) {
    return new Error(
      `${name} belongs to another resource of this stack, ${owner}; if that is the same resource under its former name, ` +
        `give this one the option aliases, or set adopt: true to take it over`,
    );
  }
  return new Error(
    `${name} belongs to a resource of another stack, ${owner}; two stacks cannot own one thing: delete it there first` +
      (claim.known
        ? ", or, if that stack was renamed to this one, set adopt: true for one update"
        : ""),
  );
}
