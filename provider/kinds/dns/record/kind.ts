import { type Context, kind } from "../../../kind";
import type { OwnInputsOf } from "../../../schema";
import { parseAnswers } from "../answer.parse";
import { seenOrLastKnown } from "../last-known";
import { nsupdateScript, UPDATE_REFUSED } from "../tools.render";
import { explained } from "../update-refusal";
import { checkRecord } from "./check";
import { ownerName, parsePhysical } from "./parse";
import { notServed, planUpdate } from "./plan";
import { renderQuestion } from "./question.render";
import { renderExistenceQuestion, renderUpdate } from "./render";
import { recordSchema } from "./schema";
import { interpret, type Seen, valuesOf } from "./seen";
import { dataOf } from "./value";

type Own = OwnInputsOf<typeof recordSchema>;
type Identity = Pick<Own, "zone" | "name" | "type">;

/** `labwright:dns:Record`. */
export const recordKind = kind<typeof recordSchema>({
  schema: recordSchema,
  check: checkRecord,
  physical,
  parse: parsePhysical,

  async read(ctx, { physical, prior }) {
    const identity = prior ?? parsePhysical(physical)!;
    return seenOrLastKnown(ctx, prior, async () => {
      const seen = await look(ctx, identity);
      if (!seen.served || !seen.set) return undefined;
      const { zone, name, type } = identity;
      const values = valuesOf(type, seen.set.data, prior?.values);
      return { zone, name, type, values, ttl: seen.set.ttl };
    });
  },

  async apply(ctx, { inputs, prior }) {
    const { zone, type, ttl } = inputs;
    const record = {
      zone,
      owner: ownerName(inputs),
      type,
      ttl,
      data: inputs.values.map((value) => dataOf(type, value)),
    };
    const seen = await look(ctx, inputs);
    const plan = planUpdate(
      record,
      seen,
      prior?.values.map((value) => dataOf(type, value)),
    );
    if (plan.todo === "refuse") throw new Error(plan.why);
    await explained(() =>
      ctx.change({
        step: `set ${physical(inputs)}`,
        exists: seen.served && seen.set ? "true" : "false",
        ...(plan.todo === "nothing"
          ? { text: ":" }
          : { text: nsupdateScript, files: { update: renderUpdate({ ...record, ...plan }) } }),
      }),
    );
    return {};
  },

  async remove(ctx, state) {
    const step = `delete ${physical(state)}`;
    const seen = await look(ctx, state);
    if (!seen.served || !seen.set) {
      await ctx.release({ step, text: ":" });
      return;
    }
    const { zone, type, ttl } = state;
    const update = { zone, owner: ownerName(state), type, ttl, expected: seen.set.data, data: [] };
    await explained(() =>
      ctx.release({ step, text: nsupdateScript, files: { update: renderUpdate(update) } }),
    );
  },
});

function physical({ zone, name, type }: Identity): string {
  return `${zone.toLowerCase()}/${name.toLowerCase()}/${type}`;
}

/**
 * What the host's name server has. A zone that the server does not know has no records; one that it knows and cannot
 * serve is an error.
 */
async function look(ctx: Context, inputs: Identity): Promise<Seen> {
  const asked = { zone: inputs.zone, owner: ownerName(inputs), type: inputs.type };
  const step = `look up ${physical(inputs)}`;
  const { stdout, fields } = await ctx.host.query({ step, text: renderQuestion(asked) });
  const seen = interpret(parseAnswers(stdout), asked);
  if (!seen.served) {
    if (fields.zone === "unknown" || fields.zone === "lost") return seen;
    throw new Error(`${notServed(inputs.zone, seen.status)}; rndc said: ${fields.zone ?? ""}`);
  }
  if (!seen.doubtful) return seen;
  if (!seen.set) return { ...seen, others: [] };
  const { code } = await ctx.host.query({
    step,
    text: nsupdateScript,
    files: { update: renderExistenceQuestion(asked) },
    answers: [UPDATE_REFUSED],
  });
  return { ...seen, set: code === 0 ? seen.set : undefined, others: [] };
}
