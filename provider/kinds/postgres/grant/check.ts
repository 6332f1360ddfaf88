import { IssueList } from "../../../../validation/checker";
import type { Issue } from "../../../../validation/issue";
import { checkClusterName, checkRoleName, checkSqlName } from "../../../../validation/postgres";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import { type grantSchema, privilegesOn } from "./schema";

/** What is wrong with a grant's inputs beyond their types. Pure. */
export function checkGrant(inputs: Known<InputsOf<typeof grantSchema>>): Issue[] {
  const issues = new IssueList();
  const { on, privileges, futureOf } = inputs;
  issues.checkOptional("cluster", inputs.cluster, checkClusterName);
  issues.checkOptional("database", inputs.database, checkSqlName);
  issues.checkOptional("role", inputs.role, checkRoleName);
  issues.checkOptional("schema", inputs.schema, checkSqlName);
  issues.checkOptional("futureOf", futureOf, checkRoleName);
  if (privileges?.length === 0) issues.add("privileges", privileges, "give at least one");
  const known: readonly string[] = on === undefined ? [] : privilegesOn[on];
  for (const [index, privilege] of (privileges ?? []).entries()) {
    const field = `privileges[${index}]`;
    if (on !== undefined && !known.includes(privilege))
      issues.add(field, privilege, `use ${known.join(", ")}`);
    if (privileges!.indexOf(privilege) < index)
      issues.add(field, privilege, "leave out what is there twice");
  }
  if (futureOf !== undefined && (on === "database" || on === "schema"))
    issues.add("futureOf", futureOf, "leave it out: it is for tables, sequences and functions");
  return issues.issues;
}
