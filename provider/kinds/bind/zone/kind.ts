import { quote } from "../../../host/quote";
import { type Context, kind } from "../../../kind";
import type { InputsOf } from "../../../schema";
import { explained } from "../../dns/update-refusal";
import { seenOrLastKnown } from "../../dns/last-known";
import { renderShowZone } from "../../dns/tools.render";
import { apexInputs } from "./apex";
import { checkZone } from "./check";
import { canonicalElement } from "./named-config";
import { observeZone, type SeenZone } from "./observe";
import { nextStep, notLoaded } from "./plan";
import { zoneSchema } from "./schema";

/** Others may change the zone while its own records are brought in order; each round looks anew. */
const ROUNDS = 5;

/** `labwright:bind:Zone`. */
export const zoneKind = kind<typeof zoneSchema>({
  schema: zoneSchema,
  check: checkZone,
  physical: ({ name }) => name.toLowerCase(),
  parse: (physical) => (/^[^/\s]+$/.test(physical) ? { name: physical.toLowerCase() } : undefined),

  async read(ctx, { physical, prior }) {
    const name = prior?.name ?? physical;
    return seenOrLastKnown(ctx, prior, async () => {
      const seen = await observeZone(ctx, name, prior && Object.keys(prior.glue));
      const { options, apex, fileExists } = seen;
      if (!options || options.type !== "primary" || !fileExists) return undefined;
      if (!apex) throw new Error(notLoaded(name, seen));
      return {
        ...apexInputs(name, apex, prior),
        kind: "primary" as const,
        // Whatever stands there shows, also what the schema has no word for.
        updatePolicy: options.updatePolicy as "local",
        allowTransfer: spelledAs(prior?.allowTransfer ?? [], options.allowTransfer),
      };
    });
  },

  async apply(ctx, { inputs, prior }) {
    const { name } = inputs;
    const glue = [...new Set([...Object.keys(inputs.glue), ...Object.keys(prior?.glue ?? {})])];
    // Any number that grows from one creation to the next; a host's clock may be wrong, ours is as good.
    const serial = Math.floor(Date.now() / 1000);
    let claimed = false;
    for (let round = 0; round < ROUNDS; round++) {
      const seen = await observeZone(ctx, name, glue);
      const next = nextStep(inputs, seen, serial);
      if (next.text === undefined && claimed) return {};
      await change(ctx, name, seen, next);
      claimed = true;
    }
    const seen = await observeZone(ctx, name, glue);
    if (nextStep(inputs, seen, serial).text === undefined) return {};
    throw new Error(
      `zone ${name} did not become what it should be in ${ROUNDS} attempts: somebody else keeps changing it, or named ` +
        "ignores a change (see its log); run `pulumi up` again",
    );
  },

  async remove(ctx, { name }) {
    // Only what the zone's own name leads to: the path is named's, or the one that apply made.
    await ctx.release({
      step: `delete zone ${name}`,
      text: `command -v rndc >/dev/null || exit 0
${renderShowZone(name)}
if [ "$zone" ]; then
  said=$(rndc delzone -clean ${quote(name)} 2>&1) || fail "rndc delzone refused: $said"
fi
for folder in /var/lib/bind /var/named/dynamic /var/bind/dyn; do
  rm -f "$folder/"${quote(name)}.zone "$folder/"${quote(name)}.zone.jnl "$folder/"${quote(name)}.zone.jbk
done
if [ "$file" ]; then rm -f "$file" "$file.jnl" "$file.jbk"; fi`,
    });
  },
});

type Change = (change: {
  step: string;
  text: string;
  exists: string;
  files?: Record<string, string>;
}) => Promise<unknown>;

async function change(
  ctx: Context & { change: Change },
  name: InputsOf<typeof zoneSchema>["name"],
  seen: SeenZone,
  { text = ":", files }: ReturnType<typeof nextStep>,
): Promise<void> {
  const exists = `rndc showzone ${quote(name)} >/dev/null 2>&1 || [ -e ${quote(seen.file)} ]`;
  await explained(() => ctx.change({ step: `set zone ${name}`, exists, text, files }));
}

function spelledAs(known: readonly string[], found: readonly string[]): string[] {
  const left = new Set(found);
  const kept = known.filter((item) => left.delete(canonicalElement(item)));
  return [...kept, ...left];
}
