import { canonicalIP, checkIP, ipVersion } from "../../../../validation/ip-address";

/** The options of a zone that are managed, in BIND's words. */
export interface ZoneOptions {
  type: string;
  updatePolicy: string;
  allowTransfer: string[];
  /** `check-integrity`, which refuses the MX record that comes before its mail server's address. */
  checkIntegrity: boolean;
}

/**
 * A zone's configuration as `rndc addzone` and `rndc modzone` take it. Records are made in any order and side by side, so
 * that BIND must not refuse one for the lack of another.
 */
export function renderZoneConfig(
  file: string,
  { allowTransfer }: Pick<ZoneOptions, "allowTransfer">,
): string {
  const allowed = allowTransfer.length > 0 ? allowTransfer.map(canonicalElement) : ["none"];
  const transfer = allowed.map((item) => `${item}; `).join("");
  return `{ type primary; file "${file}"; update-policy local; check-integrity no; allow-transfer { ${transfer}}; };`;
}

/** What `rndc showzone` prints, understood. What the server's own options decide reads `default`. */
export function parseZoneConfig(text: string): ZoneOptions {
  const statements = splitStatements(text.slice(text.indexOf("{") + 1, text.lastIndexOf("}")));
  const find = (name: string) => statements.find((words) => words.startsWith(`${name} `));
  const braced = (statement: string) =>
    splitStatements(statement.slice(statement.indexOf("{") + 1, statement.lastIndexOf("}")));

  const type = find("type")?.slice("type ".length) ?? "";
  const policy = find("update-policy");
  const update = find("allow-update");
  const transfer = find("allow-transfer");
  return {
    type: type === "master" ? "primary" : type === "slave" ? "secondary" : type,
    updatePolicy: policy?.slice("update-policy ".length) ?? update ?? "none",
    allowTransfer: transfer
      ? braced(transfer)
          .map(canonicalElement)
          .filter((item) => item !== "none")
      : ["default"],
    checkIntegrity: find("check-integrity") !== "check-integrity no",
  };
}

/** An address or network in the one way to write it; BIND prints addresses as networks, and words in quotes. */
export function canonicalElement(element: string): string {
  const bare = element.replace(/^"([a-z]+)"$/, "$1");
  const [address = "", length, ...rest] = bare.split("/");
  if (rest.length > 0 || checkIP(address) !== undefined) return bare;
  const whole = ipVersion(address) === 4 ? "32" : "128";
  return length === undefined || length === whole
    ? canonicalIP(address)
    : `${canonicalIP(address)}/${length}`;
}

/** Statements between semicolons that stand outside of braces and quotes. */
function splitStatements(text: string): string[] {
  const statements: string[] = [];
  let [depth, quoted, from] = [0, false, 0];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    if (quoted) continue;
    if (character === "{") depth++;
    if (character === "}") depth--;
    if (character !== ";" || depth > 0) continue;
    statements.push(text.slice(from, at).trim().replace(/\s+/g, " "));
    from = at + 1;
  }
  return statements.filter((statement) => statement !== "");
}
