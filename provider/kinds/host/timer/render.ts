import type { OwnInputsOf } from "../../../schema";
import { renderUnit, type Sections } from "../unit/sections";
import { escapeSpecifiers, quoteArgument, quoteWord } from "./quoting";
import type { timerSchema } from "./schema";

export type TimerInputs = OwnInputsOf<typeof timerSchema>;

/** Texts of what a timer is made of. */
export interface TimerTexts {
  timer: string;
  service: string;
  /** Empty when the timer runs a command. */
  script: string;
}

/** Where the script of a timer is. */
export function scriptPath(name: string): string {
  return `/usr/local/lib/labwright/timers/${name}`;
}

/** Which directives of the timer are fields of their own. */
export const timerFields = {
  OnBootSec: "onBootSec",
  OnUnitActiveSec: "onUnitActiveSec",
  OnUnitInactiveSec: "onUnitInactiveSec",
  RandomizedDelaySec: "randomizedDelaySec",
  AccuracySec: "accuracySec",
} as const;

/** Renders a timer's units and script. Pure. */
export function renderTimer(inputs: TimerInputs): TimerTexts {
  const { name, script, settings } = inputs;
  const Description = [escapeSpecifiers(inputs.description || name)];
  const spans = Object.entries(timerFields).flatMap(([directive, field]) =>
    inputs[field] === undefined ? [] : [[directive, [inputs[field]]] as const],
  );
  const timer: Sections = {
    Unit: { Description },
    Timer: {
      ...(inputs.onCalendar.length > 0 && { OnCalendar: inputs.onCalendar }),
      ...Object.fromEntries(spans),
      ...(inputs.persistent && { Persistent: ["true"] }),
      ...settings.Timer,
    },
    Install: { WantedBy: ["timers.target"] },
  };
  const environment = Object.entries(inputs.environment)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([variable, value]) => quoteWord(`${variable}=${value}`));
  const service: Sections = {
    Unit: { Description, ...settings.Unit },
    Service: {
      Type: ["oneshot"],
      User: [inputs.user],
      ...(environment.length > 0 && { Environment: environment }),
      ...(inputs.environmentFiles.length > 0 && {
        EnvironmentFile: inputs.environmentFiles.map(escapeSpecifiers),
      }),
      ...(inputs.workingDirectory !== undefined && {
        WorkingDirectory: [escapeSpecifiers(inputs.workingDirectory)],
      }),
      ExecStart: [commandOf(inputs).map(quoteArgument).join(" ")],
      ...settings.Service,
    },
  };
  return { timer: renderUnit(timer), service: renderUnit(service), script: script ?? "" };
}

/** The words that systemd is to run. */
function commandOf({ name, command, script }: TimerInputs): string[] {
  if (script === undefined) return command ?? [];
  return script.startsWith("#!") ? [scriptPath(name)] : ["/bin/sh", scriptPath(name)];
}
