import { canonicalName } from "../../../../validation/dns-name";
import type { Apex, ApexRecord } from "./apex";

function soaData({ soa }: Apex, serial: number): string {
  return [soa.mname, soa.rname, serial, ...soa.timers].join(" ");
}

const recordText = ({ owner, ttl, type, data }: ApexRecord) => `${owner} ${ttl} IN ${type} ${data}`;

/** A new zone's file: its own records and nothing else. BIND writes it anew as records come. */
export function renderZoneFile(zone: string, apex: Apex): string {
  const soa = `${canonicalName(zone)} ${apex.soa.ttl} IN SOA ${soaData(apex, apex.soa.serial)}`;
  return `${[soa, ...apex.records.map(recordText)].join("\n")}\n`;
}

/** Serial numbers count in a circle (RFC 1982); 0 is left out, since some software takes it for none. */
export function nextSerial(serial: number): number {
  return serial >= 0xffffffff ? 1 : serial + 1;
}

/**
 * Input of nsupdate(1) that brings a zone's own records from one state to another; undefined when they are there. The
 * update is refused when anything in the zone has changed since `seen`: a SOA record with an old serial would be ignored.
 */
export function renderApexUpdate(
  zoneName: string,
  seen: Apex,
  wanted: Apex,
  force = false,
): string | undefined {
  const zone = canonicalName(zoneName);
  const there = new Set(seen.records.map(recordText));
  const stays = new Set(wanted.records.map(({ owner, type, data }) => `${owner} ${type} ${data}`));
  const added = wanted.records.filter((record) => !there.has(recordText(record)));
  const dropped = seen.records.filter(
    ({ owner, type, data }) => !stays.has(`${owner} ${type} ${data}`),
  );
  const serial = seen.soa.serial;
  const soaStays =
    seen.soa.ttl === wanted.soa.ttl && soaData(seen, serial) === soaData(wanted, serial);
  if (soaStays && added.length === 0 && dropped.length === 0 && !force) return undefined;
  // New records first: BIND ignores the deletion of the last NS record (RFC 2136, section 3.4.2.4).
  const addresses = added.filter(({ type }) => type !== "NS");
  const servers = added.filter(({ type }) => type === "NS");
  return `${[
    `zone ${zone}`,
    `prereq yxrrset ${zone} IN SOA ${soaData(seen, serial)}`,
    ...[...addresses, ...servers].map((record) => `update add ${recordText(record)}`),
    `update add ${zone} ${wanted.soa.ttl} IN SOA ${soaData(wanted, nextSerial(serial))}`,
    ...dropped.map(({ owner, type, data }) => `update delete ${owner} ${type} ${data}`),
    "send",
    "answer",
  ].join("\n")}\n`;
}
