import { type Checker, IssueList } from "../../../../validation/checker";
import type { Issue } from "../../../../validation/issue";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import { checkTlsName } from "../name";
import type { authoritySchema } from "./schema";

/** RFC 5280, appendix A.1: ub-common-name is 64. */
const checkCommonName: Checker = (value) =>
  typeof value === "string" && /^[^\p{Cc}\p{Cs}]{1,64}$/u.test(value) && value === value.trim()
    ? undefined
    : "use a text of 1-64 characters on one line, without space at its ends";

/** What is wrong with an authority's inputs. Pure. */
export function checkAuthority(inputs: Known<InputsOf<typeof authoritySchema>>): Issue[] {
  const issues = new IssueList();
  issues.checkOptional("name", inputs.name, checkTlsName);
  issues.checkOptional("commonName", inputs.commonName, checkCommonName);
  return issues.issues;
}
