import { digestOf } from "../../../apply/ownership";
import { quote } from "../../../host/quote";
import { shellSource } from "../../../host/shell-source";
import { kind } from "../../../kind";
import { checkService } from "./check";
import { checkServiceName, serviceLock } from "./name";
import { serviceSchema } from "./schema";

const functions = (): string => shellSource("kinds/host/service/service.sh");

/** `labwright:host:Service`. */
export const serviceKind = kind({
  schema: serviceSchema,
  check: checkService,
  physical: ({ unit }) => unit,
  parse: (physical) => (checkServiceName(physical) ? undefined : { unit: physical }),

  async read(ctx, { physical: unit }) {
    const { fields } = await ctx.host.query({
      step: `look at service ${unit}`,
      text: `${functions()}
look_at ${quote(unit)}
field found "$found"
field enabled "$enabled"
field running "$running"`,
    });
    if (fields.found !== "1") return undefined;
    return { unit, enabled: fields.enabled === "1", running: fields.running === "1" };
  },

  async apply(ctx, { inputs, prior }) {
    const { unit, enabled, running, restartOn } = inputs;
    const values = digestOf(restartOn);
    // A service that ran before us may have started before those values were in place.
    const presumed = prior ? digestOf(prior.restartOn) : digestOf({});
    await ctx.change({
      step: `bring service ${unit} to its state`,
      text: `${functions()}
bring_to ${quote(unit)} ${enabled ? 1 : 0} ${running ? 1 : 0} ${values} ${presumed}`,
      exists: `${functions()}
look_at ${quote(unit)}
[ "$found" = 1 ]`,
      shared: true,
      wants: `enabled ${enabled}, running ${running}`,
      adopting: `${functions()}
keep_state ${quote(unit)}`,
      lock: serviceLock(unit),
    });
    return {};
  },

  async remove(ctx, { unit }) {
    await ctx.release({
      step: `put service ${unit} back`,
      text: `${functions()}
put_back ${quote(unit)}`,
      lock: serviceLock(unit),
    });
  },
});
