import { IssueList } from "../../../../validation/checker";
import { checkAbsolutePath, checkUserName } from "../../../../validation/linux";
import type { Issue } from "../../../../validation/issue";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import { checkServiceName } from "../service/name";
import { checkMode } from "./mode";
import type { fileSchema } from "./schema";

/** What is wrong with a file's inputs. Pure. */
export function checkFile(inputs: Known<InputsOf<typeof fileSchema>>): Issue[] {
  const issues = new IssueList();
  issues.checkOptional("path", inputs.path, checkAbsolutePath);
  issues.checkOptional("owner", inputs.owner, checkUserName);
  issues.checkOptional("group", inputs.group, checkUserName);
  issues.checkOptional("mode", inputs.mode, checkMode);
  issues.checkOptional("reload", inputs.reload, checkServiceName);
  issues.checkOptional("restart", inputs.restart, checkServiceName);
  if (inputs.reload !== undefined && inputs.restart !== undefined) {
    issues.add("restart", inputs.restart, "use either reload or restart");
  }
  return issues.issues;
}
