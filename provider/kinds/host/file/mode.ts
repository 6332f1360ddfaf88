import type { Checker } from "../../../../validation/checker";

/** Permissions in four octal digits, so that they compare as text. */
export const checkMode: Checker = (value) =>
  typeof value === "string" && /^[0-7]{4}$/.test(value)
    ? undefined
    : 'use four octal digits, such as "0644"';
