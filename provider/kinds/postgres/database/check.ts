import { IssueList } from "../../../../validation/checker";
import type { Issue } from "../../../../validation/issue";
import {
  checkClusterName,
  checkDatabaseName,
  checkEncoding,
  checkExtension,
  checkLocale,
  checkRoleName,
} from "../../../../validation/postgres";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import type { databaseSchema } from "./schema";

/** What is wrong with a database's inputs beyond their types. Pure. */
export function checkDatabase(inputs: Known<InputsOf<typeof databaseSchema>>): Issue[] {
  const issues = new IssueList();
  issues.checkOptional("cluster", inputs.cluster, checkClusterName);
  issues.checkOptional("name", inputs.name, checkDatabaseName);
  issues.checkOptional("owner", inputs.owner, checkRoleName);
  issues.checkOptional("encoding", inputs.encoding, checkEncoding);
  issues.checkOptional("locale", inputs.locale, checkLocale);
  for (const [index, extension] of (inputs.extensions ?? []).entries()) {
    const field = `extensions[${index}]`;
    issues.check(field, extension, checkExtension);
    if (inputs.extensions!.indexOf(extension) < index)
      issues.add(field, extension, "leave out what is there twice");
  }
  return issues.issues;
}
