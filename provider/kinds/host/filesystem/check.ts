import { type Checker, IssueList } from "../../../../validation/checker";
import { checkAbsolutePath } from "../../../../validation/linux";
import type { Issue } from "../../../../validation/issue";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import type { filesystemSchema } from "./schema";

/** Bytes of a label: mke2fs(8) -L, mkfs.xfs(8) -L, mkfs.btrfs(8) --label. */
const LONGEST = { ext4: 16, xfs: 12, btrfs: 255 } as const;

/** What is wrong with a file system's inputs beyond their types. */
export function checkFilesystem(inputs: Known<InputsOf<typeof filesystemSchema>>): Issue[] {
  const issues = new IssueList();
  const { device, type, label, mkfsOptions } = inputs;
  issues.checkOptional("device", device, checkDevice);
  issues.checkOptional("label", label, (value) => {
    const text = value as string;
    if (text === "" || !/^[\x21-\x7e]+$/.test(text) || text.startsWith("-"))
      return "use letters, digits and marks of ASCII without spaces, and no - first";
    if (/["'\\/]/.test(text))
      return "leave out quotes and slashes: udev would write them otherwise";
    const most = LONGEST[type ?? "btrfs"];
    return text.length <= most ? undefined : `use at most ${most} characters for ${type}`;
  });
  for (const [index, option] of (mkfsOptions ?? []).entries())
    issues.check(`mkfsOptions[${index}]`, option, checkOption);
  return issues.issues;
}

const checkDevice: Checker = (value) => {
  const fix = checkAbsolutePath(value);
  if (fix !== undefined) return fix;
  return /^\/dev\/[A-Za-z0-9/_.:@+=-]+$/.test(value as string)
    ? undefined
    : "use a device such as /dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_drive-scsi1";
};

/** Options that would make mkfs overwrite what is there. */
const FORCE = /^(-[A-Za-z]*[fF][A-Za-z]*|--force)$/;

const checkOption: Checker = (value) => {
  const option = value as string;
  if (FORCE.test(option)) return "leave it out: what a device holds is never overwritten";
  return /^[A-Za-z0-9_.:=,/^-]+$/.test(option)
    ? undefined
    : "use one argument of mkfs, such as -m0";
};
