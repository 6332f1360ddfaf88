import type { Checker } from "./checker";

/** RFC 1035: a label has at most 63 octets, a name 255 on the wire, which leaves 253 characters. */
const MAX_LABEL = 63;
const MAX_NAME = 253;

interface LabelRules {
  underscore: boolean;
  wildcard: boolean;
}

function labelProblem(label: string, first: boolean, rules: LabelRules): string | undefined {
  if (label === "") return "leave out the empty label between two dots";
  if (label.length > MAX_LABEL) return `use labels of at most ${MAX_LABEL} characters`;
  if (label.includes("*")) {
    if (!rules.wildcard) return "use one name: no * here";
    return label === "*" && first ? undefined : "use * alone, as the first label";
  }
  if (label.includes("_") && !rules.underscore)
    return "use letters, digits and hyphens: no underscore in the name of a host";
  if (!/^[A-Za-z0-9_-]+$/.test(label))
    return "use letters, digits and hyphens, with dots between the labels";
  if (label.startsWith("-") || label.endsWith("-"))
    return "leave out the hyphen at the edge of a label";
  return undefined;
}

/** The letters of an international name that DNS carries, when there are such. */
function idnaFix(name: string): string | undefined {
  if (/^[ -~]*$/.test(name)) return undefined;
  let ascii = "";
  try {
    ascii = new URL(`http://${name}/`).hostname;
  } catch {
    // Not a name in any script; the general advice below says enough.
  }
  return /^xn--|\.xn--/.test(ascii)
    ? `use the ASCII form ${ascii}: DNS carries no other letters`
    : "use ASCII letters, digits and hyphens: DNS carries no other letters";
}

function nameProblem(value: unknown, rules: LabelRules): string | undefined {
  if (typeof value !== "string" || value === "") return "use a DNS name such as wiki.home.arpa";
  const idna = idnaFix(value);
  if (idna !== undefined) return idna;
  const name = value.endsWith(".") ? value.slice(0, -1) : value;
  if (name.length > MAX_NAME) return `use a name of at most ${MAX_NAME} characters`;
  for (const [index, label] of name.split(".").entries()) {
    const problem = labelProblem(label, index === 0, rules);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The owner name of a DNS record: underscores (`_acme-challenge`, `_sip._tcp`) and a leading `*` are fine. */
export const checkDnsName: Checker = (value) =>
  nameProblem(value, { underscore: true, wildcard: true });

/** The name of a host: letters, digits, hyphens (RFC 952, RFC 1123). A dot at the end is fine. */
export const checkHostName: Checker = (value) => {
  const problem = nameProblem(value, { underscore: false, wildcard: false });
  if (problem !== undefined) return problem;
  return /^[\d.]+$/.test(value as string)
    ? "use a name, not an address: the last label has to have a letter"
    : undefined;
};

/** A host name with a domain, as a browser shows it: no dot at the end, no wildcard. */
export const checkFullHostName: Checker = (value) => {
  const problem = checkHostName(value);
  if (problem !== undefined) return problem;
  const name = value as string;
  if (name.endsWith(".")) return `leave out the dot at the end: ${name.slice(0, -1)}`;
  return name.includes(".") ? undefined : `use a name with its domain, such as ${name}.home.arpa`;
};

/** One label, as a machine is called. */
export const checkHostLabel: Checker = (value) => {
  const problem = checkHostName(value);
  if (problem !== undefined) return problem;
  return (value as string).includes(".")
    ? "use the first label alone, without a domain"
    : undefined;
};

/** The name of a zone, without the dot at the end. Underscores are fine, as in `_msdcs.example.com`. */
export const checkZoneName: Checker = (value) => {
  const problem = nameProblem(value, { underscore: true, wildcard: false });
  if (problem !== undefined) return problem;
  const name = value as string;
  return name.endsWith(".")
    ? `leave out the dot at the end: ${name.slice(0, -1) || "not the root zone"}`
    : undefined;
};

/** Whether `name` is the zone's own name or lies under it; letters' case and a dot at the end do not matter. */
export function nameInZone(name: string, zone: string): boolean {
  const bare = canonicalName(name);
  const apex = canonicalName(zone);
  return bare === apex || bare.endsWith(`.${apex}`);
}

/** Lower case, with the dot at the end. */
export function canonicalName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith(".") ? lower : `${lower}.`;
}

/** The owner of an address record: a host's name, or a wildcard such as `*.apps`. */
export const checkAddressOwner: Checker = (value) =>
  nameProblem(value, { underscore: false, wildcard: true });
