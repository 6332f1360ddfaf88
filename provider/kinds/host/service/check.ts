import { IssueList } from "../../../../validation/checker";
import type { Issue } from "../../../../validation/issue";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import { checkServiceName } from "./name";
import type { serviceSchema } from "./schema";

/** What is wrong with a service's inputs. Pure. */
export function checkService(inputs: Known<InputsOf<typeof serviceSchema>>): Issue[] {
  const issues = new IssueList();
  const named = issues.checkOptional("unit", inputs.unit, checkServiceName);
  // systemd.unit(5): an instance has a name after the @; the template itself can be neither started nor read.
  if (named && inputs.unit !== undefined && /@(\.[a-z]+)?$/.test(inputs.unit)) {
    issues.add("unit", inputs.unit, "name an instance of the template, such as getty@tty1");
  }
  return issues.issues;
}
