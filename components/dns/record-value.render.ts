import { canonicalName } from "../../validation/dns-name";
import { canonicalIP } from "../../validation/ip-address";
import type { CaaValue, MxValue, RecordType, SrvValue } from "./record-value";

/** Absolute and in lower case, as name servers print it. */
function renderTarget(target: string, zone: string): string {
  if (target === ".") return ".";
  if (target === "@") return canonicalName(zone);
  return target.endsWith(".") ? canonicalName(target) : canonicalName(`${target}.${zone}`);
}

/** One validated value in the zone file's notation (RFC 1035, section 5.1); TXT stays plain text. */
export function renderRecordValue(type: RecordType, value: unknown, zone: string): string {
  switch (type) {
    case "A":
    case "AAAA":
      return canonicalIP(value as string);
    case "TXT":
      return value as string;
    case "CNAME":
    case "PTR":
      return renderTarget(value as string, zone);
    case "MX": {
      const { preference, exchange } = value as MxValue;
      return `${preference} ${renderTarget(exchange, zone)}`;
    }
    case "SRV": {
      const { priority, weight, port, target } = value as SrvValue;
      return `${priority} ${weight} ${port} ${renderTarget(target, zone)}`;
    }
    case "CAA": {
      const { flags, tag, value: text } = value as CaaValue;
      return `${flags ?? 0} ${tag} "${text}"`;
    }
  }
}
