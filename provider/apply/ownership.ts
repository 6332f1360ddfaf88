import { createHash } from "node:crypto";

/** Who claims a thing, and which thing. */
export interface Claim {
  urn: string;
  /** Kind's token. */
  kind: string;
  /** Physical name on the host. */
  physical: string;
  /** Pulumi's state has the resource already. */
  known: boolean;
  adopt: boolean;
  /** SHA-256 of the inputs. */
  digest: string;
}

/** The shell variables of a claim, as apply/ledger.sh reads them. Every value is free of white space. */
export function claimVariables(claim: Claim): Record<string, string> {
  return {
    key: ledgerKey(claim.kind, claim.physical),
    urn: encode(claim.urn),
    stack: encode(stackOf(claim.urn)),
    kind: encode(claim.kind),
    physical: encode(claim.physical),
    known: claim.known ? "1" : "0",
    adopt: claim.adopt ? "1" : "0",
    digest: claim.digest,
  };
}

/** The stack of a URN: `PROJECT/STACK`. */
export function stackOf(urn: string): string {
  // urn:pulumi:STACK::PROJECT::TYPES::NAME
  const [stack = "", project = ""] = urn.replace(/^urn:pulumi:/, "").split("::");
  return `${project}/${stack}`;
}

/** The name of a ledger entry: readable where it fits a file name. */
export function ledgerKey(kind: string, physical: string): string {
  const name = `${encode(kind)}!${encode(physical)}`;
  // 255 bytes is the longest name that Linux file systems take; ".new" comes on top.
  if (name.length <= 240) return name;
  return `${encode(kind)}!sha256-${createHash("sha256").update(physical).digest("hex")}`;
}

/** SHA-256 of a value, the same whatever the order of its keys. */
export function digestOf(value: unknown): string {
  return createHash("sha256").update(canonical(value)).digest("hex");
}

/** Percent-encodes everything that is not plain in a file name or a line. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*~]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
}

/** Percent-decodes a value of the ledger. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return `{${entries
      .sort()
      .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`)
      .join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}
