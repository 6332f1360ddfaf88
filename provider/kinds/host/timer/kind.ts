import { createHash } from "node:crypto";

import { digestOf } from "../../../apply/ownership";
import { quote } from "../../../host/quote";
import { shellSource } from "../../../host/shell-source";
import { type Known, kind } from "../../../kind";
import type { InputsOf, OutputsOf } from "../../../schema";
import { unitFunctions } from "../unit/functions.render";
import { unitPath } from "../unit/name";
import { checkTimer } from "./check";
import { parseTimer } from "./parse";
import { renderTimer, scriptPath, timerFields, type TimerInputs, type TimerTexts } from "./render";
import { timerSchema } from "./schema";

const functions = (): string => `${unitFunctions()}\n${shellSource("kinds/host/timer/timer.sh")}`;

/** Shell variables of everything that belongs to a timer, and a refusal where there is no systemd. */
const names = (
  name: string,
): string => `name=${quote(name)} timer=${quote(unitPath(`${name}.timer`))}
service=${quote(unitPath(`${name}.service`))} script=${quote(scriptPath(name))}
need_systemd ${quote(`timer ${name}`)} 'write a crontab with labwright:host:File'`;

/** `labwright:host:Timer`. */
export const timerKind = kind<typeof timerSchema>({
  schema: timerSchema,
  check: checkTimer,
  physical: ({ name }) => name,
  parse: (name) => (checkTimer({ name }).length > 0 ? undefined : { name }),

  async read(ctx, { physical: name }) {
    const { fields } = await ctx.host.query({
      step: `look at timer ${name}`,
      text: `${functions()}
${names(name)}
for file in "$timer" "$service"; do
  if [ ! -f "$file" ] || [ -L "$file" ]; then exit 0; fi
done
field_file timer "$timer"
field_file service "$service"
if [ -f "$script" ] && [ ! -L "$script" ]; then field_file script "$script"; fi
look_at "$name.timer"
field enabled "$enabled"
field running "$running"
timer_facts "$name"`,
    });
    if (fields.timer === undefined || fields.service === undefined) return undefined;
    const texts = { timer: fields.timer, service: fields.service, script: fields.script ?? "" };
    return {
      ...parseTimer(name, texts),
      enabled: fields.enabled === "1",
      running: fields.running === "1",
      ...facts(fields, texts),
    };
  },

  async apply(ctx, { inputs, prior }) {
    const { name, enabled, running } = inputs;
    const problem = missing(inputs);
    if (problem) throw new Error(problem);
    const texts = renderTimer(inputs);
    const presumed = prior ? digestOf(renderTimer(prior).timer) : "unknown";
    const { fields } = await ctx.change({
      step: `bring timer ${name} to its state`,
      text: `${functions()}
${names(name)}
look_at "$name.timer"
was_enabled=$enabled was_running=$running rewritten=0
take_mask_away "$timer"
take_mask_away "$service"
stash timer "$timer"
stash service "$service"
stash script "$script"
if ! cmp -s -- "$in/timer" "$timer" || ! cmp -s -- "$in/service" "$service"; then rewritten=1; fi 2>/dev/null
set +e
(
  set -e
${judgements(inputs)}
${texts.script === "" ? ":" : `  make_directory "\${script%/*}" root root 0755\n  write_file "$script" root root 0755 "$in/script"`}
  mkdir "$in/judged"
  cp "$in/timer" "$in/judged/$name.timer"
  cp "$in/service" "$in/judged/$name.service"
  verify_units "$in/judged/$name.service" "$in/judged/$name.timer"
  write_file "$service" root root 0644 "$in/service"
  write_file "$timer" root root 0644 "$in/timer"
  ${texts.script === "" ? 'rm -f -- "$script"' : ":"}
  settle "$name.timer" ${enabled ? 1 : 0} ${running ? 1 : 0} "$rewritten" ${digestOf(texts.timer)} ${presumed}
)
code=$?
set -e
if [ "$code" != 0 ]; then
  put_back script "$script"
  if cmp -s -- "$in/service" "$service" && [ "$rewritten" = 1 ]; then
    put_back service "$service"
    put_back timer "$timer"
    fall_back "$name.timer" "$was_enabled" "$was_running"
  fi
  exit "$code"
fi
timer_facts "$name"`,
      files: {
        timer: texts.timer,
        service: texts.service,
        ...(texts.script !== "" && { script: texts.script }),
      },
      exists: `${functions()}
${names(name)}
unit_exists "$name.timer" "$timer" || unit_exists "$name.service" "$service"`,
      adopting: 'keep_unit "$name.timer" "$timer"\nkeep_service "$service"',
      lock: `${name}.timer`,
    });
    return facts(fields, texts);
  },

  async remove(ctx, { name }) {
    await ctx.release({
      step: `take timer ${name} away`,
      text: `${functions()}
${names(name)}
systemctl --quiet stop -- "$name.timer" 2>/dev/null || :
# The time of its last run, which a later timer of that name must not take for its own.
rm -f -- "/var/lib/systemd/timers/stamp-$name.timer"
give_back "$name.timer" "$timer"
if ! give_service_back "$service"; then rm -f -- "$service"; fi
rm -f -- "$script"
systemctl daemon-reload
systemctl reset-failed -- "$name.service" 2>/dev/null || :`,
      lock: `${name}.timer`,
    });
  },

  // A comment, or a directive that no field stands for: nothing else differs, and still it is not what was written.
  diffExtra: (state, inputs) =>
    isWhole(inputs) && state.sha256 !== sha256Of(renderTimer(inputs)) ? ["sha256"] : [],
});

/** Shell text that has systemd judge every time. */
function judgements(inputs: TimerInputs): string {
  const spans = Object.values(timerFields).flatMap((field) =>
    inputs[field] === undefined ? [] : [`judge_time timespan ${field} ${quote(inputs[field])}`],
  );
  const events = inputs.onCalendar.map((event) => `judge_time calendar onCalendar ${quote(event)}`);
  return [...events, ...spans].map((line) => `  ${line}`).join("\n");
}

/** What has to be there, which a check before all values are known cannot tell. */
function missing(inputs: TimerInputs): string | undefined {
  if (!inputs.command && inputs.script === undefined)
    return "command is missing: give a program and its arguments, or a script";
  const { onCalendar, onBootSec, onUnitActiveSec, onUnitInactiveSec, settings } = inputs;
  const timed =
    onCalendar.length > 0 || onBootSec || onUnitActiveSec || onUnitInactiveSec || settings.Timer;
  return timed ? undefined : 'onCalendar is missing: say when it is to run, such as "daily"';
}

/** Whether all that is rendered is known. */
function isWhole(
  inputs: Known<InputsOf<typeof timerSchema>>,
): inputs is TimerInputs & typeof inputs {
  const { name, onCalendar, environment, environmentFiles, settings, user } = inputs;
  return [name, onCalendar, environment, environmentFiles, settings, user].every(
    (value) => value !== undefined,
  );
}

function facts(
  fields: Readonly<Record<string, string>>,
  texts: TimerTexts,
): OutputsOf<typeof timerSchema> {
  return {
    sha256: sha256Of(texts),
    lastResult: fields.lastResult ?? "none",
    lastRun: fields.lastRun ?? "",
    nextElapse: fields.nextElapse ?? "",
  };
}

function sha256Of({ timer, service, script }: TimerTexts): string {
  return createHash("sha256").update(`${timer}\0${service}\0${script}`).digest("hex");
}
