/** Name servers, zones and records. */
export { BindServer } from "./bind-server";
export type { BindServerArgs } from "./bind-server";
export { BindZone } from "./bind-zone";
export type { BindZoneArgs } from "./bind-zone";
export { DnsRecord } from "./dns-record";
export type { DnsRecordArgs } from "./dns-record";
export type { DnsZone, DnsZoneHandle, RecordSpec } from "./dns-zone";
export { dnsZoneFromHandle } from "./dns-zone-from-handle";
export type { BindZoneHandle } from "./served-zone";
export { recordTypes } from "./record-value";
export type {
  CaaValue,
  MxValue,
  RecordType,
  RecordValues,
  SrvValue,
  TargetName,
} from "./record-value";
