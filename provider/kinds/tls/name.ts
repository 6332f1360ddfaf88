import type { Checker } from "../../../validation/checker";

/** The name of an authority or a certificate: it names files, in folders where `.` and `@` at the front mean more. */
export const checkTlsName: Checker = (value) =>
  typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(value)
    ? undefined
    : "use letters, digits, ., _ and -, at most 63, a letter or digit first: it names files on the host";
