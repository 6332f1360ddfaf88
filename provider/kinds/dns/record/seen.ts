import { canonicalName, nameInZone } from "../../../../validation/dns-name";
import type { Answer } from "../answer.parse";
import { canonicalData, dataOf, plainValue, type RecordType } from "./value";

/** The records of one name and type, as a name server has them. */
export interface RecordSet {
  ttl: number;
  /** In the server's notation, for prerequisites. */
  data: string[];
}

/** What a name server has at a name. */
export type Seen =
  /** It does not answer for the zone. */
  | { served: false; status: string }
  | {
      served: true;
      /** The records asked for; undefined when there are none. */
      set?: RecordSet;
      /** Other types at the name, DNSSEC's own left out. */
      others: string[];
      /** The answer may stem from a wildcard: another name, made up, has the same. */
      doubtful: boolean;
    };

/** Made and kept by the server itself beside the records that people set (RFC 4034, RFC 5155). */
const DNSSEC_TYPES = ["RRSIG", "NSEC", "NSEC3", "NSEC3PARAM"];

/** Understands the answers to the questions for a name and, when there is one, for a name made up beside it. */
export function interpret(
  answers: readonly Answer[],
  asked: { zone: string; owner: string; type: RecordType },
): Seen {
  const [main, beside] = answers;
  if (!main) return { served: false, status: "no answer" };
  const zone = canonicalName(asked.zone);
  // Below a delegation the server knows the NS records and the addresses of the name servers, without being the authority.
  const delegated = main.authority.some(
    ({ owner, type }) => type === "NS" && owner !== zone && nameInZone(owner, zone),
  );
  if (!main.authoritative && !(main.status === "NOERROR" && delegated))
    return { served: false, status: main.status };

  const given = main.authoritative ? main.answer : [...main.authority, ...main.additional];
  const here = given.filter(({ owner }) => owner === asked.owner);
  const records = here.filter(({ type }) => type === asked.type);
  const others = new Set(here.map(({ type }) => type));
  for (const type of [asked.type, ...DNSSEC_TYPES]) others.delete(type);
  const data = records.map((record) => record.data);
  return {
    served: true,
    set: records[0] && { ttl: records[0].ttl, data },
    others: [...others].sort(),
    doubtful:
      here.length > 0 &&
      (beside?.answer ?? []).some(({ type, data }) =>
        here.some((record) => record.type === type && record.data === data),
      ),
  };
}

/** Whether two lists hold the same records, in whatever order and notation. */
export function sameRecords(
  type: RecordType,
  some: readonly string[],
  others: readonly string[],
): boolean {
  const canonical = (list: readonly string[]) =>
    [...new Set(list.map((item) => canonicalData(type, item)))].sort().join("\n");
  return canonical(some) === canonical(others);
}

/** The values of a set as a person writes them: those that are in `known` as they are there, and in its order. */
export function valuesOf(
  type: RecordType,
  data: readonly string[],
  known: readonly string[] = [],
): string[] {
  const left = new Set(data.map((item) => canonicalData(type, item)));
  const kept = known.filter((value) => left.delete(dataOf(type, value)));
  return [...kept, ...[...left].sort().map((item) => plainValue(type, item))];
}
