import { quote } from "../host/quote";
import type { Change } from "../kind";
import { type Claim, claimVariables, encode } from "./ownership";

/** Renders a change as one script: lock, claim, effect, ledger. Pure. */
export function renderChange(change: Change, claim: Claim): string {
  return `${variables(change, claim)}
shared=${change.shared ? 1 : 0} wants=${quote(encode(change.wants ?? ""))}
exists() {
${change.exists}
}
adopting() {
${change.adopting ?? ":"}
}
${body(change, claim, "run_change")}`;
}

/** Renders a removal as one script. Pure. */
export function renderRelease(
  change: Omit<Change, "exists" | "adopting" | "shared" | "wants">,
  claim: Claim,
): string {
  return `${variables(change, claim)}
wants=
${body(change, claim, "run_release")}`;
}

/** Name of the lock of a change. */
export function lockName(
  change: Pick<Change, "lock">,
  claim: Pick<Claim, "kind" | "physical">,
): string {
  return encode(change.lock ?? `${claim.kind} ${claim.physical}`).slice(0, 240);
}

function variables({ activate }: Pick<Change, "activate">, claim: Claim): string {
  const all = {
    ...claimVariables(claim),
    service: activate ? encode(activate.service) : "",
    how: activate?.how ?? "",
  };
  return Object.entries(all)
    .map(([name, value]) => `${name}=${quote(value)}`)
    .join("\n");
}

function body(change: Pick<Change, "text" | "lock">, claim: Claim, run: string): string {
  return `apply() {
${change.text}
}
lock ${quote(lockName(change, claim))}
${run}`;
}
