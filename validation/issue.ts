/** One thing wrong with what a person wrote. Issues are collected and reported together. */
export interface Issue {
  /** Path of the field as the person wrote it, e.g. `upstream.port` or `records[2].ttl`. */
  field: string;
  /** The offending value. Leave it out when it is secret. */
  value?: unknown;
  /** What is wrong and what to write instead: "use 1-65535". */
  fix: string;
}

/** `upstream.port is 80800: use 1-65535` */
export function formatIssue(issue: Issue): string {
  if (!("value" in issue)) return `${issue.field}: ${issue.fix}`;
  return issue.value === undefined
    ? `${issue.field} is missing: ${issue.fix}`
    : `${issue.field} is ${JSON.stringify(issue.value)}: ${issue.fix}`;
}

/** All issues of one subject in one text, one line each when there are several. */
export function formatIssues(subject: string, issues: readonly Issue[]): string {
  const lines = issues.map(formatIssue);
  return lines.length === 1
    ? `${subject}: ${lines[0]}`
    : `${subject}: ${lines.length} problems\n${lines.map((line) => `  - ${line}`).join("\n")}`;
}
