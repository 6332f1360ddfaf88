import { type Checker, IssueList } from "../../../../validation/checker";
import type { Issue } from "../../../../validation/issue";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import type { siteSchema } from "./schema";

/** What is wrong with a site's inputs beyond their types. Its text is judged by nginx itself. */
export function checkSite(inputs: Known<InputsOf<typeof siteSchema>>): Issue[] {
  const issues = new IssueList();
  issues.checkOptional("name", inputs.name, checkSiteName);
  // The text may be secret, so no issue shows it.
  if (inputs.config?.includes("\0")) issues.addSecret("config", "leave out the NUL character");
  if (inputs.config !== undefined && /\p{Surrogate}/u.test(inputs.config))
    issues.addSecret("config", "leave out broken Unicode characters (lone surrogates)");
  return issues.issues;
}

/** nginx's `include *.conf` leaves out names that begin with a dot. */
const checkSiteName: Checker = (value) => {
  const name = value as string;
  if (name.endsWith(".conf")) return `leave out .conf: ${name.slice(0, -".conf".length)}`;
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(name)
    ? undefined
    : "use letters, digits, dots, - and _, at most 100, with no dot or - first";
};
