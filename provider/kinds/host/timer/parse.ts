import { parseUnit } from "../unit/sections";
import { splitWords, unescapeSpecifiers } from "./quoting";
import { scriptPath, timerFields, type TimerInputs, type TimerTexts } from "./render";

type Directives = Map<string, string[]>;

/**
 * What a timer's files say, in the terms of its inputs: the way back from `renderTimer()`, also after edits by hand.
 * Pure.
 */
export function parseTimer(
  name: string,
  texts: TimerTexts,
): Omit<TimerInputs, "enabled" | "running"> {
  const timerUnit = parseUnit(texts.timer);
  const serviceUnit = parseUnit(texts.service);
  const timer = new Map(Object.entries(timerUnit.Timer ?? {}));
  const service = new Map(Object.entries(serviceUnit.Service ?? {}));
  const unit = new Map(Object.entries(serviceUnit.Unit ?? {}));
  const spans = Object.entries(timerFields).map(([directive, field]) => [
    field,
    last(take(timer, directive)),
  ]);
  const [description = ""] = take(unit, "Description");
  const persistent = last(take(timer, "Persistent"));
  const environment = take(service, "Environment")
    .flatMap(splitWords)
    .map((word) => unescapeSpecifiers(word).split(/=(.*)/s))
    .map(([variable, value = ""]) => [variable, value]);
  take(service, "Type");
  const command = splitWords(take(service, "ExecStart").join(" ; ")).map((word) =>
    unescapeSpecifiers(word).replaceAll("$$", "$"),
  );
  const runsScript = command.at(-1) === scriptPath(name) && command.length <= 2;
  const plain = unescapeSpecifiers(description);
  return {
    name,
    description: plain === name ? "" : plain,
    onCalendar: take(timer, "OnCalendar"),
    ...(Object.fromEntries(spans) as Pick<TimerInputs, "onBootSec">),
    persistent: /^(1|yes|y|true|t|on)$/i.test(persistent ?? ""),
    ...(runsScript ? { script: texts.script, command: undefined } : { command, script: undefined }),
    user: last(take(service, "User")) ?? "root",
    environment: Object.fromEntries(environment) as Record<string, string>,
    environmentFiles: take(service, "EnvironmentFile").map(unescapeSpecifiers),
    workingDirectory: optional(last(take(service, "WorkingDirectory")), unescapeSpecifiers),
    settings: withoutEmpty({ Unit: unit, Service: service, Timer: timer }),
  };
}

/** The values of a directive, which is then done with. */
function take(directives: Directives, name: string): string[] {
  const values = directives.get(name) ?? [];
  directives.delete(name);
  return values;
}

function last(values: string[]): string | undefined {
  return values.at(-1);
}

function optional<T, U>(value: T | undefined, change: (value: T) => U): U | undefined {
  return value === undefined ? undefined : change(value);
}

function withoutEmpty(sections: Record<string, Directives>): TimerInputs["settings"] {
  return Object.fromEntries(
    Object.entries(sections)
      .filter(([, directives]) => directives.size > 0)
      .map(([section, directives]) => [section, Object.fromEntries(directives)]),
  );
}
