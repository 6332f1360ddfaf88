import { IssueList } from "../../../../validation/checker";
import type { Issue } from "../../../../validation/issue";
import {
  checkClusterName,
  checkOwnRoleName,
  checkPassword,
  checkRoleName,
} from "../../../../validation/postgres";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import type { roleSchema } from "./schema";

/** What is wrong with a role's inputs beyond their types. Pure. */
export function checkRole(inputs: Known<InputsOf<typeof roleSchema>>): Issue[] {
  const issues = new IssueList();
  issues.checkOptional("cluster", inputs.cluster, checkClusterName);
  issues.checkOptional("name", inputs.name, checkOwnRoleName);
  const fix = inputs.password === undefined ? undefined : checkPassword(inputs.password);
  if (fix !== undefined) issues.addSecret("password", fix);
  for (const [index, group] of (inputs.memberOf ?? []).entries()) {
    const field = `memberOf[${index}]`;
    const good = issues.check(field, group, checkRoleName);
    if (good && group === inputs.name)
      issues.add(field, group, "leave it out: it is the role itself");
    if (inputs.memberOf!.indexOf(group) < index)
      issues.add(field, group, "leave out what is there twice");
  }
  return issues.issues;
}
