import { type Checker, IssueList } from "../../../../validation/checker";
import type { Issue } from "../../../../validation/issue";
import { checkAbsolutePath, checkUserName } from "../../../../validation/linux";
import { looksPrivate } from "../../../../validation/ssh-key";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import { checkAuthorizedKey } from "./authorized-key";
import type { userSchema } from "./schema";

/** passwd(5): a field ends at a colon, an entry at the end of the line. */
const checkField: Checker = (value) =>
  typeof value === "string" && !/[:\p{Cc}]/u.test(value)
    ? undefined
    : "leave out colons and control characters";

const checkPath: Checker = (value) => checkAbsolutePath(value) ?? checkField(value);

/** What is wrong with a user's inputs. Pure. */
export function checkUser(inputs: Known<InputsOf<typeof userSchema>>): Issue[] {
  const issues = new IssueList();
  issues.checkOptional("name", inputs.name, checkUserName);
  issues.checkOptional("primaryGroup", inputs.primaryGroup, checkUserName);
  if (inputs.groups) issues.checkEach("groups", inputs.groups, checkUserName);
  issues.checkOptional("shell", inputs.shell, checkPath);
  issues.checkOptional("home", inputs.home, checkPath);
  issues.checkOptional("comment", inputs.comment, checkField);
  for (const [index, key] of (inputs.authorizedKeys ?? []).entries()) {
    const fix = checkAuthorizedKey(key);
    if (fix === undefined) continue;
    const field = `authorizedKeys[${index}]`;
    if (looksPrivate(key)) issues.addSecret(field, fix);
    else issues.add(field, key, fix);
  }
  if (inputs.name === "root" && inputs.removeHome) {
    issues.add("removeHome", true, "use false for root");
  }
  return issues.issues;
}
