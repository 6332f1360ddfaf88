import { createHash } from "node:crypto";

import { digestOf } from "../../../apply/ownership";
import { quote } from "../../../host/quote";
import { kind } from "../../../kind";
import { serviceLock } from "../service/name";
import { checkUnit } from "./check";
import { unitFunctions } from "./functions.render";
import { checkUnitName, unitPath } from "./name";
import { unitSchema } from "./schema";
import { parseUnit, renderUnit, type Sections } from "./sections";

const needSystemd = (name: string): string =>
  `need_systemd ${quote(name)} 'write an init script with labwright:host:File and run it with labwright:host:Service'`;

/** `labwright:host:Unit`. */
export const unitKind = kind({
  schema: unitSchema,
  check: checkUnit,
  physical: ({ name }) => name,
  parse: (physical) => (checkUnitName(physical) ? undefined : { name: physical }),

  async read(ctx, { physical: name }) {
    const { fields } = await ctx.host.query({
      step: `look at unit ${name}`,
      text: `${unitFunctions()}
${needSystemd(name)}
path=${quote(unitPath(name))}
if [ ! -f "$path" ] || [ -L "$path" ]; then exit 0; fi
field_file text "$path"
look_at ${quote(name)}
field enabled "$enabled"
field running "$running"`,
    });
    if (fields.text === undefined) return undefined;
    return {
      name,
      sections: parseUnit(fields.text),
      enabled: fields.enabled === "1",
      running: fields.running === "1",
      sha256: sha256(fields.text),
    };
  },

  async apply(ctx, { inputs, prior }) {
    const { name, sections, enabled, running, restartOn } = inputs;
    const text = renderUnit(sections);
    const values = digestOf({ text, restartOn });
    const presumed = prior
      ? digestOf({ text: renderUnit(prior.sections), restartOn: prior.restartOn })
      : "unknown";
    const path = quote(unitPath(name));
    await ctx.change({
      step: `bring unit ${name} to its state`,
      text: `${unitFunctions()}
called=${quote(name)} path=${path}
look_at "$called"
was_enabled=$enabled was_running=$running rewritten=0
take_mask_away "$path"
stash unit "$path"
cmp -s -- "$in/unit" "$path" 2>/dev/null || rewritten=1
set +e
(
  set -e
  mkdir "$in/judged"
  cp "$in/unit" "$in/judged/$called"
  verify_units "$in/judged/$called"
  write_file "$path" root root 0644 "$in/unit"
  settle "$called" ${enabled ? 1 : 0} ${running ? 1 : 0} "$rewritten" ${values} ${presumed}
)
code=$?
set -e
if [ "$code" != 0 ] && [ "$rewritten" = 1 ]; then
  if ! cmp -s -- "$in/unit" "$path" 2>/dev/null; then exit "$code"; fi
  put_back unit "$path"
  fall_back "$called" "$was_enabled" "$was_running"
fi
exit "$code"`,
      files: { unit: text },
      exists: `${unitFunctions()}
${needSystemd(name)}
unit_exists ${quote(name)} ${path}`,
      adopting: `keep_unit ${quote(name)} ${path}`,
      lock: serviceLock(name),
    });
    return { sha256: sha256(text) };
  },

  async remove(ctx, { name }) {
    await ctx.release({
      step: `take unit ${name} away`,
      text: `${unitFunctions()}
give_back ${quote(name)} ${quote(unitPath(name))}`,
      lock: serviceLock(name),
    });
  },

  // A comment, or another order of lines: no directive differs, and still it is not the text that was written.
  diffExtra: (state, { sections }) => {
    if (!sections) return [];
    const text = renderUnit(sections as Sections);
    return renderUnit(state.sections) === text && state.sha256 !== sha256(text) ? ["sha256"] : [];
  },
});

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
