import { IssueList } from "../../../../validation/checker";
import type { Issue } from "../../../../validation/issue";
import { checkPackageName } from "../../../../validation/linux";
import {
  checkArchiveSource,
  checkContainerName,
  checkMirror,
  checkSha256,
  checkSuite,
} from "../../../../validation/nspawn";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import type { imageSchema } from "./schema";

/** What is wrong with an image's inputs beyond their types. Pure. */
export function checkImage(inputs: Known<InputsOf<typeof imageSchema>>): Issue[] {
  const issues = new IssueList();
  const { bootstrap, archive } = inputs;
  issues.checkOptional("name", inputs.name, checkContainerName);
  if (bootstrap && archive) issues.add("archive", archive, "give either bootstrap or archive");
  issues.checkOptional("bootstrap.suite", bootstrap?.suite, checkSuite);
  issues.checkEach("bootstrap.packages", bootstrap?.packages ?? [], checkPackageName);
  issues.checkOptional("bootstrap.mirror", bootstrap?.mirror, checkMirror);
  issues.checkOptional("archive.source", archive?.source, checkArchiveSource);
  issues.checkOptional("archive.sha256", archive?.sha256, checkSha256);
  return issues.issues;
}
