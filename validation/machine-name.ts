import type { Checker } from "./checker";

/** What systemd takes as the name of a machine (hostname_is_valid() in its source): at most 64 characters. */
export const checkMachineName: Checker = (value) =>
  typeof value === "string" &&
  value.length <= 64 &&
  value.split(".").every((label) => /^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?$/.test(label))
    ? undefined
    : "use letters, digits, -, _ and . between them, at most 64, such as web";
