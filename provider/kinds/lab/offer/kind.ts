import { kind } from "../../../kind";
import { offerSchema } from "./schema";
import { describeUses, findUses } from "./users";

/** `labwright:lab:Offer`. Lives in Pulumi's state alone: who uses what is offered, the hosts' ledgers say. */
export const offerKind = kind({
  schema: offerSchema,
  physical: () => "",
  parse: () => undefined,

  async read(_ctx, { prior }) {
    return prior;
  },

  async apply(ctx, { inputs, prior }) {
    if (prior && !inputs.force) {
      // A machine made anew keeps its address, one that got another address its id.
      const kept = Object.values(inputs.hosts).flatMap(({ address, machineId, inside }) => [
        machineId,
        JSON.stringify([address, inside ?? []]),
      ]);
      const left = Object.entries(prior.hosts).filter(
        ([, { address, machineId, inside }]) =>
          !kept.includes(machineId) && !kept.includes(JSON.stringify([address, inside ?? []])),
      );
      const why = describeUses(await findUses(ctx, Object.fromEntries(left)));
      if (why !== undefined) throw new Error(why);
    }
    return {};
  },

  async remove(ctx, { hosts, force }) {
    if (force) return;
    const why = describeUses(await findUses(ctx, hosts));
    if (why !== undefined) throw new Error(why);
  },
});
