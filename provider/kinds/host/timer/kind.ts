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
): string => `called=${quote(name)} timer_file=${quote(unitPath(`${name}.timer`))}
service_file=${quote(unitPath(`${name}.service`))} script_file=${quote(scriptPath(name))}
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
for file in "$timer_file" "$service_file"; do
  if [ ! -f "$file" ] || [ -L "$file" ]; then exit 0; fi
done
field_file timer "$timer_file"
field_file service "$service_file"
if [ -f "$script_file" ] && [ ! -L "$script_file" ]; then field_file script "$script_file"; fi
look_at "$called.timer"
field enabled "$enabled"
field running "$running"
timer_facts "$called"`,
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
look_at "$called.timer"
was_enabled=$enabled was_running=$running rewritten=0 retimed=0
take_mask_away "$timer_file"
take_mask_away "$service_file"
stash timer "$timer_file"
stash service "$service_file"
stash script "$script_file"
cmp -s -- "$in/service" "$service_file" 2>/dev/null || rewritten=1
cmp -s -- "$in/timer" "$timer_file" 2>/dev/null || rewritten=1 retimed=1
set +e
(
  set -e
${judgements(inputs)}
${texts.script === "" ? ":" : `  make_directory "\${script_file%/*}" root root 0755\n  write_file "$script_file" root root 0755 "$in/script"`}
  mkdir "$in/judged"
  cp "$in/timer" "$in/judged/$called.timer"
  cp "$in/service" "$in/judged/$called.service"
  verify_units "$in/judged/$called.service" "$in/judged/$called.timer"
  write_file "$service_file" root root 0644 "$in/service"
  write_file "$timer_file" root root 0644 "$in/timer"
  ${texts.script === "" ? 'rm -f -- "$script_file"' : ":"}
  if [ "$rewritten" = 1 ]; then systemctl daemon-reload; fi
  # A timer that is started anew may elapse at once (OnBootSec=, systemd.timer(5)): only for its own sake.
  settle "$called.timer" ${enabled ? 1 : 0} ${running ? 1 : 0} "$retimed" ${digestOf(texts.timer)} ${presumed}
)
code=$?
set -e
if [ "$code" != 0 ]; then
  put_back script "$script_file"
  if cmp -s -- "$in/service" "$service_file" && [ "$rewritten" = 1 ]; then
    put_back service "$service_file"
    put_back timer "$timer_file"
    fall_back "$called.timer" "$was_enabled" "$was_running"
  fi
  exit "$code"
fi
timer_facts "$called"`,
      files: {
        timer: texts.timer,
        service: texts.service,
        ...(texts.script !== "" && { script: texts.script }),
      },
      exists: `${functions()}
${names(name)}
unit_exists "$called.timer" "$timer_file" || unit_exists "$called.service" "$service_file"`,
      adopting: 'keep_unit "$called.timer" "$timer_file"\nkeep_service "$service_file"',
      lock: `${name}.timer`,
    });
    return facts(fields, texts);
  },

  async remove(ctx, { name }) {
    await ctx.release({
      step: `take timer ${name} away`,
      text: `${functions()}
${names(name)}
systemctl --quiet stop -- "$called.timer" 2>/dev/null || :
# The time of its last run, which a later timer of that name must not take for its own.
rm -f -- "/var/lib/systemd/timers/stamp-$called.timer"
give_back "$called.timer" "$timer_file"
if ! give_service_back "$service_file"; then rm -f -- "$service_file"; fi
rm -f -- "$script_file"
systemctl daemon-reload
systemctl reset-failed -- "$called.service" 2>/dev/null || :`,
      lock: `${name}.timer`,
    });
  },

  // A comment, or a directive that no field stands for: nothing else differs, and still it is not what was written.
  diffExtra: (state, inputs) => {
    if (!isWhole(inputs)) return [];
    const wanted = sha256Of(renderTimer(inputs));
    return sha256Of(renderTimer(state)) === wanted && state.sha256 !== wanted ? ["sha256"] : [];
  },
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
