import { type Checker, IssueList } from "../../../../validation/checker";
import type { Issue } from "../../../../validation/issue";
import { checkAbsolutePath, checkUserName } from "../../../../validation/linux";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import { checkSections, checkValue } from "../unit/check";
import { timerFields } from "./render";
import type { timerSchema } from "./schema";

/** The directives of each section that have a field of their own, or that the timer itself needs. */
const taken: Record<string, Record<string, string>> = {
  Unit: { Description: "use the field description" },
  Service: {
    Type: "leave it out: a timer's service is of Type=oneshot",
    User: "use the field user",
    Environment: "use the field environment",
    EnvironmentFile: "use the field environmentFiles",
    WorkingDirectory: "use the field workingDirectory",
    ExecStart: "use the field command",
  },
  Timer: {
    Unit: "leave it out: the timer runs the service of its own name",
    OnCalendar: "use the field onCalendar",
    Persistent: "use the field persistent",
    ...Object.fromEntries(
      Object.entries(timerFields).map(([directive, field]) => [
        directive,
        `use the field ${field}`,
      ]),
    ),
  },
};

/** Two units and a file are called so. */
const checkTimerName: Checker = (value) =>
  typeof value !== "string" || !/^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,199}$/.test(value)
    ? "use letters, digits, _, -, . and :, such as backup"
    : /\.(timer|service)$/.test(value)
      ? `leave out the type: ${value.replace(/\.(timer|service)$/, "")}`
      : undefined;

/** What reaches a program as an argument, or a variable's value (systemd.exec(5)). */
const checkText =
  (controls: RegExp): Checker =>
  (value) =>
    /\p{Cs}|\p{NChar}/u.test(value as string)
      ? "leave out what is no character of Unicode"
      : controls.test(value as string)
        ? "leave out control characters"
        : undefined;

const checkArgument = checkText(/(?!)/);
// eslint-disable-next-line no-control-regex -- these are the ones that systemd refuses
const checkVariable = checkText(/[\x00-\x08\x0b-\x1f\x7f]/);

const checkTime: Checker = (value) =>
  value === "" ? "give a time, or leave it out" : checkValue(value);

const checkFilePath: Checker = (value) => checkAbsolutePath(value) ?? checkValue(value);

/** What is wrong with a timer's inputs. What its times mean is for systemd to judge. Pure. */
export function checkTimer(inputs: Known<InputsOf<typeof timerSchema>>): Issue[] {
  const issues = new IssueList();
  issues.checkOptional("name", inputs.name, checkTimerName);
  issues.checkOptional("description", inputs.description, checkValue);
  inputs.onCalendar?.forEach((value, index) =>
    issues.check(`onCalendar[${index}]`, value, checkTime),
  );
  for (const field of Object.values(timerFields))
    issues.checkOptional(field, inputs[field], checkTime);
  issues.checkOptional("user", inputs.user, checkUserName);
  issues.checkOptional("workingDirectory", inputs.workingDirectory, checkFilePath);
  inputs.environmentFiles?.forEach((file, index) =>
    issues.check(`environmentFiles[${index}]`, file, (value) =>
      checkFilePath((value as string).replace(/^-/, "")),
    ),
  );
  for (const [variable, value] of Object.entries(inputs.environment ?? {})) {
    const named = issues.check("environment", variable, (name) =>
      /^[A-Za-z_][A-Za-z0-9_]*$/.test(name as string)
        ? undefined
        : "use the name of a variable: letters, digits and _, no digit first",
    );
    if (named) issues.check(`environment.${variable}`, value, checkVariable);
  }
  inputs.command?.forEach((argument, index) =>
    issues.check(`command[${index}]`, argument, index === 0 ? checkProgram : checkArgument),
  );
  if (inputs.command?.length === 0) issues.add("command", [], "give a program and its arguments");
  if (inputs.command && inputs.script !== undefined)
    issues.add("script", inputs.script, "use either command or script");
  if (inputs.script === "") issues.add("script", "", "give the text of a script");
  checkSettings(issues, inputs.settings ?? {});
  return issues.issues;
}

/** systemd takes no escape for a dollar sign here, where it never begins a variable. */
const checkProgram: Checker = (value) =>
  checkFilePath(value) ??
  (/["'\\$]/.test(value as string)
    ? "use the path of a program without quotes, backslashes and dollar signs"
    : undefined);

function checkSettings(
  issues: IssueList,
  settings: Known<Record<string, Record<string, string[]>>>,
): void {
  for (const [section, directives] of Object.entries(settings)) {
    const own = taken[section];
    if (!own) {
      issues.add("settings", section, "use the sections Unit, Service and Timer");
      continue;
    }
    for (const directive of Object.keys(directives ?? {}))
      if (own[directive]) issues.add(`settings.${section}`, directive, own[directive]);
  }
  issues.issues.push(...checkSections("settings", settings));
}
