import { type Checker, IssueList } from "../../../../validation/checker";
import {
  checkAddressOwner,
  checkDnsName,
  checkHostName,
  checkZoneName,
  nameInZone,
} from "../../../../validation/dns-name";
import type { Issue } from "../../../../validation/issue";
import type { InputsOf } from "../../../schema";
import type { Known } from "../../../kind";
import type { recordSchema } from "./schema";
import { understand } from "./value";

/**
 * A dynamic update that replaces a set holds it twice, old and new, in one message of at most 65535 octets (RFC 1035,
 * section 4.2.2), each with 12 octets around it; what is left is for names and the signature.
 */
const MAX_SET_OCTETS = 30000;

/** What is wrong with a record's inputs beyond their types. */
export function checkRecord(inputs: Known<InputsOf<typeof recordSchema>>): Issue[] {
  const issues = new IssueList();
  const { zone, name, type, values } = inputs;
  issues.checkOptional("zone", zone, (value) => checkZoneName(value) ?? checkLowerCase(value));
  issues.checkOptional("name", name, (value) => nameProblem(value as string, zone, type));
  if (values && type) checkValues(issues, type, values, zone);
  return issues.issues;
}

type Inputs = InputsOf<typeof recordSchema>;

/** One record must not have two ids. */
const checkLowerCase: Checker = (value) => {
  const lower = (value as string).toLowerCase();
  return value === lower ? undefined : `use lower-case letters: ${lower}`;
};

function nameProblem(name: string, zone?: string, type?: Inputs["type"]): string | undefined {
  if (name === "@") {
    if (type === "CNAME") return "use A and AAAA at the zone itself: a CNAME stands alone";
    return type === "NS" ? "use nameServers of the zone for its own NS records" : undefined;
  }
  const hosts = type === "A" || type === "AAAA" || type === "MX";
  const fix = (hosts ? checkAddressOwner : checkDnsName)(name);
  if (fix !== undefined) return fix;
  if (zone !== undefined && nameInZone(name, zone)) {
    const relative = name
      .toLowerCase()
      .replace(/\.$/, "")
      .slice(0, -zone.length - 1);
    return `use ${JSON.stringify(relative || "@")}: the name is relative to the zone`;
  }
  if (name.endsWith(".")) return "leave out the dot at the end: the name is relative to the zone";
  return zone !== undefined && name.length + 1 + zone.length > 253
    ? `use a shorter name: with ${zone} it has more than 253 characters`
    : checkLowerCase(name);
}

function checkValues(
  issues: IssueList,
  type: Inputs["type"],
  values: readonly string[],
  zone?: string,
): void {
  // In the zones of addresses BIND's check-names lets a PTR record point to hosts only; elsewhere it names services.
  const hosts = type === "PTR" && /(^|\.)(in-addr|ip6)\.arpa$/.test(zone ?? "");
  if (values.length === 0) issues.add("values", values, "give at least one value");
  if (type === "CNAME" && values.length > 1)
    issues.add("values", values, "give one value: a CNAME has exactly one");
  const seen = new Map<string, number>();
  let octets = 0;
  for (const [index, value] of values.entries()) {
    const field = `values[${index}]`;
    const understood = understand(type, value);
    if ("fix" in understood) {
      issues.add(field, value, understood.fix);
      continue;
    }
    if (hosts && !issues.check(field, value, () => checkHostName(value.trim()))) continue;
    const first = seen.get(understood.data);
    if (first !== undefined)
      issues.add(field, value, `leave it out: values[${first}] is the same record`);
    seen.set(understood.data, index);
    octets += Buffer.byteLength(value) + 12;
  }
  if (octets > MAX_SET_OCTETS)
    issues.add("values", `${octets} octets`, `use at most ${MAX_SET_OCTETS} octets in all`);
}
