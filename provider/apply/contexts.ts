import type { HostShell, ScriptResult } from "../host/shell";
import type { ApplyContext, Change, Context, RemoveContext } from "../kind";
import type { Activations } from "./activations";
import { lockName, renderChange, renderRelease } from "./change-script";
import { refusal } from "./errors";
import { type Claim, decode } from "./ownership";

/** Exit code of apply/ledger.sh's refuse. */
const REFUSED = 79;

/** The context of an apply: changes under the lock and the ledger. */
export function applyContext(base: Context, claim: Claim, activations: Activations): ApplyContext {
  return extend<ApplyContext>(base, {
    async change(change) {
      const work = async (): Promise<ScriptResult> => {
        const result = await base.host.run({
          ...change,
          text: renderChange(change, claim),
          answers: [...(change.answers ?? []), REFUSED],
          timeoutMs: change.timeoutMs ?? base.timeoutMs,
        });
        if (result.code === REFUSED && result.fields.refused)
          throw refusal(result.fields, claim, base.host.connection);
        return result;
      };
      return activated(base.host, change, claim, false, activations, work);
    },
  });
}

/** The context of a removal: taking away under the lock, and forgetting. */
export function removeContext(
  base: Context,
  claim: Claim,
  activations: Activations,
): RemoveContext {
  return extend<RemoveContext>(base, {
    async release(change) {
      const work = (): Promise<ScriptResult> =>
        base.host.run({
          ...change,
          text: renderRelease(change, claim),
          timeoutMs: change.timeoutMs ?? base.timeoutMs,
        });
      const result = await activated(base.host, change, claim, true, activations, work);
      const { owner } = result.fields;
      if (owner) base.info(`stays: stack ${decode(owner)} uses ${claim.physical} as well`);
      return result.fields.released === "1" ? result : undefined;
    },
  });
}

function activated(
  host: HostShell,
  change: Pick<Change, "activate" | "lock">,
  claim: Claim,
  removal: boolean,
  activations: Activations,
  work: () => Promise<ScriptResult>,
): Promise<ScriptResult> {
  if (!change.activate) return work();
  const activation = {
    ...change.activate,
    lock: lockName(change, claim),
    onlyIfRunning: removal || (change.activate.onlyIfRunning ?? false),
  };
  return activations.around(host, activation, work);
}

/** A context with more functions; the getter of `host` is kept, because it may throw. */
function extend<T extends Context>(base: Context, more: Omit<T, keyof Context>): T {
  return Object.assign(Object.create(base) as T, more);
}
