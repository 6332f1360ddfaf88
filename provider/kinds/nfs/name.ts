import type { Checker } from "../../../validation/checker";

/** Name of a file that holds one export. exportfs reads no file that begins with a dot. */
export const checkExportName: Checker = (value) =>
  typeof value === "string" && /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$/.test(value)
    ? undefined
    : "use letters, digits, dots, - and _, at most 200, with no dot or - first";
