import { type Checker, IssueList } from "../../../../validation/checker";
import type { Issue } from "../../../../validation/issue";
import { checkAbsolutePath, checkPackageName } from "../../../../validation/linux";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import { checkImageName } from "../machine/check";
import type { imageSchema } from "./schema";

/** What is wrong with an image's inputs beyond their types. Pure. */
export function checkImage(inputs: Known<InputsOf<typeof imageSchema>>): Issue[] {
  const issues = new IssueList();
  const { bootstrap, archive } = inputs;
  issues.checkOptional("name", inputs.name, checkImageName);
  if (bootstrap && archive) issues.add("archive", archive, "give either bootstrap or archive");
  issues.checkOptional("bootstrap.suite", bootstrap?.suite, checkSuite);
  issues.checkEach("bootstrap.packages", bootstrap?.packages ?? [], checkPackageName);
  issues.checkOptional("bootstrap.mirror", bootstrap?.mirror, checkUrl);
  issues.checkOptional("archive.source", archive?.source, checkSource);
  issues.checkOptional("archive.sha256", archive?.sha256, checkSha256);
  return issues.issues;
}

/** A folder below dists/ of a mirror. */
export const checkSuite: Checker = (value) =>
  typeof value === "string" && /^[a-z][a-z0-9.-]{0,62}$/.test(value)
    ? undefined
    : "use the name of a release, such as bookworm";

export const checkUrl: Checker = (value) =>
  typeof value === "string" && /^https?:\/\/[A-Za-z0-9][A-Za-z0-9.:[\]-]*(\/[!-~]*)?$/.test(value)
    ? undefined
    : "use a URL such as http://deb.debian.org/debian";

export const checkSource: Checker = (value) =>
  checkAbsolutePath(value) === undefined || checkUrl(value) === undefined
    ? undefined
    : "use an absolute path on the host, or a URL such as https://example.net/root.tar.xz";

export const checkSha256: Checker = (value) =>
  typeof value === "string" && /^[0-9a-f]{64}$/.test(value)
    ? undefined
    : "use 64 hexadecimal digits in lower case, as sha256sum prints them";
