import { type Checker, IssueList } from "../../../../validation/checker";
import type { Issue } from "../../../../validation/issue";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import { checkUnitName } from "./name";
import type { unitSchema } from "./schema";

const checkSectionName: Checker = (value) =>
  /^[A-Za-z][A-Za-z0-9-]*$/.test(value as string)
    ? undefined
    : "use the name of a section, such as Service, without brackets";

const checkDirective: Checker = (value) =>
  /^[A-Za-z][A-Za-z0-9-]*$/.test(value as string)
    ? undefined
    : "use the name of a directive, such as ExecStart";

/**
 * A value that systemd reads as it is written (systemd.syntax(7)): it takes white space off the ends, goes on in the next
 * line after a backslash, and passes over a line that is not UTF-8 to it.
 */
export const checkValue: Checker = (value) => {
  if (typeof value !== "string") return "use a string";
  if (/[^\P{Cc}\t]/u.test(value))
    return "leave out line breaks and other control characters; a list gives the directive several times";
  if (/\p{Cs}|\p{NChar}/u.test(value)) return "leave out what is no character of Unicode";
  if (/^[ \t]|[ \t]$/.test(value)) return "leave out the white space at the ends";
  return value.endsWith("\\")
    ? "leave out the backslash at the end, or double and quote it"
    : undefined;
};

/** What is wrong with the sections of a unit file, beside what systemd says of it. Pure. */
export function checkSections(
  field: string,
  sections: Known<Record<string, Record<string, string[]>>>,
): Issue[] {
  const issues = new IssueList();
  for (const [section, directives] of Object.entries(sections)) {
    if (!issues.check(field, section, checkSectionName)) continue;
    for (const [directive, values] of Object.entries(directives ?? {})) {
      const at = `${field}.${section}`;
      if (!issues.check(at, directive, checkDirective)) continue;
      (values ?? []).forEach((value, index) =>
        issues.check(`${at}.${directive}[${index}]`, value, checkValue),
      );
    }
  }
  return issues.issues;
}

/** What is wrong with a unit's inputs. Pure. */
export function checkUnit(inputs: Known<InputsOf<typeof unitSchema>>): Issue[] {
  const issues = new IssueList();
  issues.checkOptional("name", inputs.name, checkUnitName);
  const { sections } = inputs;
  if (!sections) return issues.issues;
  if (inputs.enabled && !("Install" in sections)) {
    issues.add(
      "enabled",
      true,
      'give an Install section, such as { WantedBy: "multi-user.target" }, or use false: what needs the unit starts it',
    );
  }
  return [...issues.issues, ...checkSections("sections", sections)];
}
