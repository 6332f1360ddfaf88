import type { Checker } from "./checker";
import { checkAbsolutePath } from "./linux";
import { checkMachineName } from "./machine-name";

/** Sections of a container's settings file; systemd.nspawn(5) knows no others. */
export const nspawnSections = ["Exec", "Network", "Files"] as const;

/** Name of a container or an image: a folder of /var/lib/machines and part of a unit's name. */
export const checkContainerName: Checker = checkMachineName;

/** A folder below dists/ of a mirror. */
export const checkSuite: Checker = (value) =>
  typeof value === "string" && /^[a-z][a-z0-9.-]{0,62}$/.test(value)
    ? undefined
    : "use the name of a release, such as bookworm";

export const checkMirror: Checker = (value) =>
  isUrl(value) ? undefined : "use a URL such as http://mirror.example.net/debian";

export const checkArchiveSource: Checker = (value) =>
  checkAbsolutePath(value) === undefined || isUrl(value)
    ? undefined
    : "use an absolute path on the host, or a URL such as https://example.net/root.tar.xz";

export const checkSha256: Checker = (value) =>
  typeof value === "string" && /^[0-9a-f]{64}$/.test(value)
    ? undefined
    : "use 64 hexadecimal digits in lower case, as sha256sum prints them";

function isUrl(value: unknown): boolean {
  return (
    typeof value === "string" && /^https?:\/\/[A-Za-z0-9][A-Za-z0-9.:[\]-]*(\/[!-~]*)?$/.test(value)
  );
}

/** The kernel's IFNAMSIZ is 16 with the end of the string; dev_valid_name() refuses the rest. */
export const checkInterfaceName: Checker = (value) =>
  typeof value === "string" && /^[A-Za-z0-9_.-]{1,15}$/.test(value) && !/^\.\.?$/.test(value)
    ? undefined
    : "use the name of an interface, at most 15 characters, such as br0";

/** The zone's bridge is called `vz-ZONE`. */
export const checkNetworkZone: Checker = (value) =>
  typeof value === "string" && /^[A-Za-z0-9_-]{1,12}$/.test(value)
    ? undefined
    : "use letters, digits, - and _, at most 12";

export const checkPrivateUsers: Checker = (value) => {
  if (["no", "pick", "identity"].includes(value as string)) return undefined;
  const [, first, count] = /^(\d{1,10}):(\d{1,10})$/.exec(value as string) ?? [];
  const end = Number(first) + Number(count);
  return Number(first) >= 65536 && Number(count) >= 1 && end <= 2 ** 32 - 1
    ? undefined
    : "use no, pick, identity, or FIRST:COUNT from 65536 on, such as 1048576:65536";
};

/** environ(7), as systemd takes it. */
export const checkVariableName: Checker = (value) =>
  typeof value === "string" && /^[A-Za-z_][A-Za-z0-9_]*$/.test(value)
    ? undefined
    : "use the name of a variable, such as LANG";

/** A value of a settings file, as it stands there: one line, and nothing that systemd's parser takes away. */
export const checkSettingValue: Checker = (value) => {
  if (typeof value !== "string") return "use a text";
  const problem = unwritable(value);
  if (problem) return problem;
  if (/^[ \t]|[ \t]$/.test(value)) return "leave out space at its ends";
  return value.endsWith("\\") ? "leave out the backslash at its end" : undefined;
};

export const checkSettingName: Checker = (value) =>
  typeof value === "string" && /^[A-Z][A-Za-z0-9]*$/.test(value)
    ? undefined
    : "use the name of a setting, such as Timezone";

/** A value that is written between quotes. */
export const checkQuotedValue: Checker = (value) =>
  typeof value === "string" ? unwritable(value) : "use a text";

/** A path that is written with its colons and backslashes escaped. */
export const checkBindPath: Checker = (value) =>
  checkAbsolutePath(value) ?? unwritable(value as string);

/** Text that no line of a file of systemd's can hold: what is not UTF-8, and what utf8_is_valid() refuses. */
function unwritable(value: string): string | undefined {
  return /[\p{Cc}\p{Cs}]|\p{Noncharacter_Code_Point}/u.test(value)
    ? "leave out control characters"
    : undefined;
}
