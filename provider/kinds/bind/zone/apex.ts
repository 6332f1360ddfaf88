import { canonicalName, nameInZone } from "../../../../validation/dns-name";
import { canonicalIP, ipVersion } from "../../../../validation/ip-address";
import type { OwnInputsOf } from "../../../schema";
import type { Answer } from "../../dns/answer.parse";
import { parseMailbox, renderMailbox } from "./mailbox";
import type { zoneSchema } from "./schema";

type Inputs = OwnInputsOf<typeof zoneSchema>;

/** The inputs that say what the zone's own records are. */
export type ApexInputs = Pick<Inputs, "name" | "nameServers" | "glue" | "adminMailbox" | "soa">;

/** A record that belongs to the zone itself. */
export interface ApexRecord {
  /** Full name with the dot at the end. */
  owner: string;
  ttl: number;
  type: "NS" | "A" | "AAAA";
  data: string;
}

/** The records of a zone that belong to the zone itself. */
export interface Apex {
  soa: {
    ttl: number;
    /** Primary name server. */
    mname: string;
    /** Mailbox, as a name. */
    rname: string;
    serial: number;
    /** refresh, retry, expire, minimum */
    timers: [number, number, number, number];
  };
  /** NS records, and the addresses of name servers in the zone. */
  records: ApexRecord[];
}

/** The zone's own records as the inputs want them. */
export function wantedApex(inputs: ApexInputs, serial: number): Apex {
  const zone = canonicalName(inputs.name);
  const { ttl, refresh, retry, expire, minimum } = inputs.soa;
  const servers = inputs.nameServers.map(canonicalName);
  const glue = Object.entries(inputs.glue).flatMap(([server, addresses]) =>
    addresses.map((address) => addressRecord(canonicalName(server), ttl, canonicalIP(address))),
  );
  return {
    soa: {
      ttl,
      mname: servers[0]!,
      rname: renderMailbox(inputs.adminMailbox),
      serial,
      timers: [refresh, retry, expire, minimum],
    },
    records: [...servers.map((data) => ({ owner: zone, ttl, type: "NS" as const, data })), ...glue],
  };
}

function addressRecord(owner: string, ttl: number, data: string): ApexRecord {
  return { owner, ttl, type: ipVersion(data) === 4 ? "A" : "AAAA", data };
}

/**
 * The zone's own records in a name server's answers; undefined when it does not serve the zone. Addresses belong to the
 * zone for the given name servers alone: those of others are somebody's own records.
 */
export function parseApex(
  zoneName: string,
  answers: readonly Answer[],
  glue: readonly string[],
): Apex | undefined {
  const zone = canonicalName(zoneName);
  const all = answers.filter((answer) => answer.authoritative).flatMap((answer) => answer.answer);
  const soa = all.find(({ owner, type }) => owner === zone && type === "SOA");
  if (!soa) return undefined;
  const [mname = "", rname = "", serial = 0, ...timers] = soa.data
    .split(" ")
    .map((word, index) => (index < 2 ? word : Number(word))) as [string, string, ...number[]];
  const names = new Set(glue.map(canonicalName));
  const records = new Map<string, ApexRecord>();
  for (const { owner, ttl, type, data } of all) {
    if (type === "NS" && owner === zone)
      records.set(`NS ${data}`, { owner, ttl, type, data: data.toLowerCase() });
    if ((type === "A" || type === "AAAA") && names.has(owner))
      records.set(`${owner} ${data}`, { owner, ttl, type, data: canonicalIP(data) });
  }
  return {
    soa: {
      ttl: soa.ttl,
      mname: mname.toLowerCase(),
      rname: rname.toLowerCase(),
      serial,
      timers: timers.slice(0, 4) as [number, number, number, number],
    },
    records: [...records.values()],
  };
}

/** The inputs that a zone's own records stand for, spelled as in `prior` where that means the same. */
export function apexInputs(name: string, apex: Apex, prior?: ApexInputs): ApexInputs {
  const { soa, records } = apex;
  const [refresh, retry, expire, minimum] = soa.timers;
  const spelled = (known: readonly string[], found: string) =>
    known.find((item) => canonicalName(item) === found) ?? found;

  const names = new Set(records.filter(({ type }) => type === "NS").map(({ data }) => data));
  const known = prior?.nameServers ?? [];
  // The first name server is the one that the SOA record names, even where no NS record does.
  const order = [soa.mname, ...known.map(canonicalName), ...[...names].sort()];
  const servers = [...new Set(order)].filter((item) => item === soa.mname || names.has(item));

  const glue: Record<string, string[]> = {};
  for (const { owner, type, data } of records) {
    if (type === "NS") continue;
    const key = spelled([...Object.keys(prior?.glue ?? {}), ...known], owner);
    (glue[key] ??= []).push(data);
  }
  for (const [key, found] of Object.entries(glue))
    glue[key] = inOrderOf(prior?.glue[key] ?? [], found.sort());

  const ttls = [soa.ttl, ...records.map(({ ttl }) => ttl)];
  const mailbox = parseMailbox(soa.rname);
  const same = prior && renderMailbox(prior.adminMailbox) === soa.rname;
  return {
    name,
    nameServers: servers.map((item) => spelled(known, item)),
    glue,
    adminMailbox: same ? prior.adminMailbox : mailbox,
    soa: {
      refresh,
      retry,
      expire,
      minimum,
      ttl: ttls.find((ttl) => ttl !== prior?.soa.ttl) ?? soa.ttl,
    },
  };
}

function inOrderOf(known: readonly string[], found: readonly string[]): string[] {
  const kept = known.filter((item) => found.includes(canonicalIP(item)));
  const canonical = kept.map(canonicalIP);
  return [...kept, ...found.filter((item) => !canonical.includes(item))];
}

/** Those of some name servers that lie in the zone. */
export function serversInZone(zone: string, servers: readonly string[]): string[] {
  return servers.filter((server) => nameInZone(server, zone));
}
