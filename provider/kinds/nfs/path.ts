import type { Checker } from "../../../validation/checker";
import { checkAbsolutePath } from "../../../validation/linux";

/** PATH_MAX of Linux, without the NUL at the end. */
const LONGEST = 4095;

/**
 * A directory that an NFS server can offer. exportfs and mountd decode octal escapes again each time they read what they
 * wrote, so that a backslash before digits would in the end name another directory.
 */
export const checkExportPath: Checker = (value) => {
  const fix = checkAbsolutePath(value);
  if (fix !== undefined) return fix;
  const path = value as string;
  if (path.includes("\\")) return "use a path without a backslash: NFS servers misread it";
  // D-Bus, over which Ganesha is spoken to, takes neither.
  if (/[\p{Surrogate}\p{Noncharacter_Code_Point}]/u.test(path))
    return "leave out code points that are no characters";
  return Buffer.byteLength(path) <= LONGEST ? undefined : `use at most ${LONGEST} bytes`;
};
