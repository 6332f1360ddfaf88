import { type Checker, IssueList } from "../../../../validation/checker";
import type { Issue } from "../../../../validation/issue";
import { checkPackageName } from "../../../../validation/linux";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import type { packageSchema } from "./schema";

/** Debian Policy 5.6.12, and what rpm, apk and pacman write. */
const checkVersion: Checker = (value) =>
  typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9.+~:_-]{0,127}$/.test(value)
    ? undefined
    : "use a version as the package manager prints it, such as 1:9.18.33-1~deb12u2";

/** What is wrong with a package's inputs. Pure. */
export function checkPackage(inputs: Known<InputsOf<typeof packageSchema>>): Issue[] {
  const issues = new IssueList();
  issues.checkOptional("name", inputs.name, checkPackageName);
  issues.checkOptional("version", inputs.version, checkVersion);
  return issues.issues;
}
