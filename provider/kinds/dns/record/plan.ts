import type { Seen } from "./seen";
import { sameRecords } from "./seen";
import type { RecordType } from "./value";

/** What to do about a record. */
export type Plan =
  | { todo: "nothing" }
  /** Replace the records with this data, in the server's notation; none: there are none. */
  | { todo: "update"; expected: string[] }
  | { todo: "refuse"; why: string };

/** Decides how to come from what is there to what shall be there. Values are given as data, in nsupdate's notation. */
export function planUpdate(
  record: { zone: string; owner: string; type: RecordType; data: string[]; ttl: number },
  seen: Seen,
  priorData?: string[],
): Plan {
  const { owner, type, data, ttl } = record;
  if (!seen.served) return { todo: "refuse", why: notServed(record.zone, seen.status) };
  const { set, others } = seen;
  if (!set) {
    const clash = type === "CNAME" ? others : others.filter((other) => other === "CNAME");
    if (clash.length === 0) return { todo: "update", expected: [] };
    const rule = "an alias stands alone at its name (RFC 1034, section 3.6.2)";
    const why =
      type === "CNAME"
        ? `${owner} has ${clash.join(", ")} records already, and ${rule}: take them away, or choose another name`
        : `${owner} is an alias (CNAME) already, and ${rule}: take the alias away, or set ${type} where it points to`;
    return { todo: "refuse", why };
  }
  if (sameRecords(type, set.data, data))
    return set.ttl === ttl ? { todo: "nothing" } : { todo: "update", expected: set.data };
  if (priorData && !sameRecords(type, set.data, priorData)) {
    const why =
      `somebody else changed the ${type} records of ${owner}: values is ${JSON.stringify(set.data)} on the name server ` +
      `and was ${JSON.stringify(priorData)}; run \`pulumi refresh\` to take note of it, then \`pulumi up\` again`;
    return { todo: "refuse", why };
  }
  return { todo: "update", expected: set.data };
}

/** The sentence for a name server that does not answer for a zone. */
export function notServed(zone: string, status: string): string {
  return (
    `the name server does not answer for zone ${JSON.stringify(zone)} (${status}): ` +
    "create the zone first (labwright:bind:Zone), and see named's log if it is there but did not load"
  );
}
