import { type Checker, IssueList } from "../../../../validation/checker";
import { checkAbsolutePath } from "../../../../validation/linux";
import type { Issue } from "../../../../validation/issue";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import type { mountSchema } from "./schema";
import { fitsUnitName } from "./unit-name";

/** Options that the kind gives by itself, and those that systemd's generator would read. */
const OWN = ["nofail", "_netdev", "noauto", "auto", "defaults"];

/** What is wrong with a mount's inputs beyond their types. */
export function checkMount(inputs: Known<InputsOf<typeof mountSchema>>): Issue[] {
  const issues = new IssueList();
  issues.checkOptional("where", inputs.where, checkWhere);
  issues.checkOptional("what", inputs.what, checkWhat);
  issues.checkOptional("type", inputs.type, (value) =>
    /^[a-z0-9][a-z0-9._-]{0,30}$/.test(value as string)
      ? undefined
      : "use the name of a file system, such as nfs or ext4",
  );
  for (const [index, option] of (inputs.options ?? []).entries()) {
    const field = `options[${index}]`;
    if (issues.check(field, option, checkOption) && OWN.includes(option))
      issues.add(field, option, "leave it out: network, mounted and this resource itself say it");
    else if (option.startsWith("x-systemd."))
      issues.add(field, option, "leave it out: only lines of /etc/fstab are read for it");
  }
  if (inputs.idleTimeoutSeconds && inputs.automount === false)
    issues.add("idleTimeoutSeconds", inputs.idleTimeoutSeconds, "use it with automount: true only");
  return issues.issues;
}

/** What systemd takes for broken UTF-8: lone surrogates, and the code points that Unicode keeps free. */
const NO_TEXT = /[\p{Surrogate}\p{Noncharacter_Code_Point}]/u;

/** A unit's file has no way to write white space at the edge of a value, or a backslash at its end. */
const bareEdges = (text: string) => text.trim() === text && !text.endsWith("\\");

const checkWhere: Checker = (value) => {
  const fix = checkAbsolutePath(value);
  if (fix !== undefined) return fix;
  const path = value as string;
  if (NO_TEXT.test(path)) return "leave out code points that are no characters";
  if (!bareEdges(path) || path.includes("\\"))
    return "use a path without a backslash and without white space at its end";
  return fitsUnitName(path) ? undefined : "use a shorter path: its unit's name has 255 characters";
};

const checkWhat: Checker = (value) => {
  const what = value as string;
  return what !== "" &&
    !/\p{Cc}/u.test(what) &&
    !NO_TEXT.test(what) &&
    bareEdges(what) &&
    !what.startsWith("-")
    ? undefined
    : "use what mount(8) takes on one line, without white space or a backslash at its end";
};

const checkOption: Checker = (value) =>
  /^[A-Za-z0-9_.:@%/=+[\]~-]{1,200}$/.test(value as string) && !(value as string).startsWith("-")
    ? undefined
    : "use one option of mount(8), such as ro or nfsvers=4.2, without white space and commas";
