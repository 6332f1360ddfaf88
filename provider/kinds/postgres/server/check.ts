import { IssueList } from "../../../../validation/checker";
import { checkPackageName } from "../../../../validation/linux";
import type { Issue } from "../../../../validation/issue";
import {
  checkClusterName,
  checkPostgresVersion,
  checkSettingName,
  checkSettingValue,
} from "../../../../validation/postgres";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import type { serverSchema } from "./schema";

/** What is wrong with a server's inputs beyond their types. The settings themselves are judged by PostgreSQL. Pure. */
export function checkServer(inputs: Known<InputsOf<typeof serverSchema>>): Issue[] {
  const issues = new IssueList();
  issues.checkOptional("cluster", inputs.cluster, checkClusterName);
  issues.checkOptional("version", inputs.version, checkPostgresVersion);
  const seen = new Map<string, string>();
  for (const [name, value] of Object.entries(inputs.settings ?? {})) {
    const field = `settings.${name}`;
    if (issues.check("settings", name, checkSettingName)) {
      const other = seen.get(name.toLowerCase());
      if (other !== undefined) issues.add(field, value, `leave it out: it is ${other}`);
      seen.set(name.toLowerCase(), name);
    }
    issues.checkOptional(field, value, checkSettingValue);
  }
  for (const [index, name] of (inputs.packages ?? []).entries())
    issues.check(`packages[${index}]`, name, checkPackageName);
  return issues.issues;
}
