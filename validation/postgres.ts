import type { Checker } from "./checker";

/** The name of a role, a database, a schema. PostgreSQL takes any text, and cuts it after 63 bytes (4.1.1 of its manual). */
export const checkSqlName: Checker = (value) => {
  if (typeof value !== "string" || value === "") return "use a name, such as gitea";
  if (/[\p{Cc}\p{Surrogate}]/u.test(value)) return "leave out control characters";
  return Buffer.byteLength(value) <= 63
    ? undefined
    : "use at most 63 bytes: PostgreSQL cuts off the rest";
};

/** PostgreSQL reserves these words, and names that begin with `pg_` for roles of its own (22.5 of its manual). */
export const checkRoleName: Checker = (value) =>
  checkSqlName(value) ??
  (/^(public|none|current_user|current_role|session_user|user)$/.test(value as string)
    ? "use another name: PostgreSQL keeps this one for itself"
    : undefined);

/** A role that is made, and not only named: not one of PostgreSQL's own. */
export const checkOwnRoleName: Checker = (value) =>
  checkRoleName(value) ??
  (/^(postgres$|pg_)/.test(value as string)
    ? "use another name: PostgreSQL has this role for itself"
    : undefined);

/** Every cluster has these three, and its own tools need them. */
export const checkDatabaseName: Checker = (value) =>
  checkSqlName(value) ??
  (/^(postgres|template0|template1)$/.test(value as string)
    ? "use another name: PostgreSQL has this database for itself"
    : undefined);

/** What SCRAM takes as it stands: printable ASCII (RFC 4013 maps other characters). */
export const checkPassword: Checker = (value) =>
  typeof value === "string" && /^[ -~]{1,512}$/.test(value)
    ? undefined
    : "use 1-512 printable ASCII characters";

/** As pg_encoding_to_char() prints it, so that it compares (24.3.1 of PostgreSQL's manual). */
export const checkEncoding: Checker = (value) =>
  typeof value === "string" && /^[A-Z][A-Z0-9_]{1,30}$/.test(value)
    ? undefined
    : "use PostgreSQL's own name of an encoding, such as UTF8 or LATIN1";

export const checkLocale: Checker = (value) =>
  typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,62}$/.test(value)
    ? undefined
    : "use the name of a locale, such as C.UTF-8 or de_DE.UTF-8";

/** PostgreSQL forbids `--`, slashes, and dashes at the ends (check_valid_extension_name). */
export const checkExtension: Checker = (value) =>
  typeof value === "string" &&
  /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(value) &&
  !value.includes("--")
    ? undefined
    : "use the name of an extension, such as pg_trgm";

/** Debian's pg_createcluster(1) takes more, but a dash ends the version in names of units. */
export const checkClusterName: Checker = (value) =>
  typeof value === "string" && /^[a-z0-9_][a-z0-9_.]{0,62}$/.test(value)
    ? undefined
    : "use the name of a cluster, such as main: lower-case letters, digits, _ and .";

/** Where things lie is the distribution's, and our own file is found by it. */
const PLACES = ["data_directory", "config_file", "hba_file", "ident_file", "external_pid_file"];

export const checkSettingName: Checker = (value) => {
  if (
    typeof value !== "string" ||
    !/^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?$/.test(value)
  )
    return "use the name of a setting, such as work_mem";
  if (/^include(_dir|_if_exists)?$/i.test(value)) return "leave out what includes other files";
  return PLACES.includes(value.toLowerCase())
    ? "leave it out: where files lie is the distribution's"
    : undefined;
};

export const checkSettingValue: Checker = (value) =>
  typeof value === "string" && !/[\p{Cc}\p{Surrogate}]/u.test(value)
    ? undefined
    : "use a text on one line";

/** DROP DATABASE WITH (FORCE) is there from 13 on, which is the oldest version that is maintained. */
export const checkPostgresVersion: Checker = (value) =>
  /^(1[3-9]|[2-9]\d)$/.test(String(value))
    ? undefined
    : "use a major version of 13 or later, such as 15";
