import type * as pulumi from "@pulumi/pulumi";

/** Record types that `DnsRecord` takes. */
export const recordTypes = ["A", "AAAA", "CAA", "CNAME", "MX", "PTR", "SRV", "TXT"] as const;
export type RecordType = (typeof recordTypes)[number];

/**
 * The name of another host in a record's data: with a dot at the end it is absolute, without any dot it is relative to
 * the zone. Anything else is refused, since it is absolute to people and relative to DNS.
 */
export type TargetName = string;

/** A mail server (RFC 5321, section 5.1). */
export interface MxValue {
  /** Lower is tried first, 0-65535. */
  preference: number;
  exchange: TargetName;
}

/** A server of a service (RFC 2782). */
export interface SrvValue {
  /** Lower is tried first, 0-65535. */
  priority: number;
  /** Share among those of the same priority, 0-65535. */
  weight: number;
  port: number;
  target: TargetName;
}

/** Which certificate authority may issue (RFC 8659). */
export interface CaaValue {
  /** 128 makes the property critical. Default 0. */
  flags?: number;
  tag: "issue" | "issuewild" | "iodef";
  /** Domain of the authority, with parameters; a URL for `iodef`. */
  value: string;
}

/** One value of each type of record. */
export interface RecordValues {
  A: pulumi.Input<string>;
  AAAA: pulumi.Input<string>;
  CAA: CaaValue;
  CNAME: TargetName;
  MX: MxValue;
  PTR: TargetName;
  SRV: SrvValue;
  /** Plain text; it is quoted and split into strings of 255 octets by itself. */
  TXT: pulumi.Input<string>;
}
