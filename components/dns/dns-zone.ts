import type * as pulumi from "@pulumi/pulumi";
import type { Issue } from "../../validation/issue";
import type { RecordType } from "./record-value";

/** A zone as plain data. Fit to be a stack's output. */
export interface DnsZoneHandle {
  type: "labwright:DnsZone";
  version: 1;
  /** Which implementation it is, e.g. `bind`. */
  provider: string;
  /** Name of the zone, without a dot at the end. */
  name: string;
}

/** All records of one name and type. */
export interface RecordSpec {
  /** Name relative to the zone, lower case; `@` is the zone itself. */
  name: string;
  type: RecordType;
  /** The records' data in the zone file's notation, names absolute. TXT values are plain text. */
  values: pulumi.Input<string>[];
  /** Time to live in seconds. */
  ttl: number;
}

/**
 * Contract of a DNS zone: what `DnsRecord`, `Vm` and `ProxiedSite` need of one. `BindZone` fulfils it.
 */
export interface DnsZone {
  /** Name of the zone, without a dot at the end. */
  readonly name: string;
  readonly handle: pulumi.Output<DnsZoneHandle>;
  /** What speaks against adding this record: the same again, or a CNAME beside others. Changes nothing. */
  conflicts(record: Pick<RecordSpec, "name" | "type">): Issue[];
  /** Adds all records of one name and type. The caller has validated them. */
  addRecord(
    resourceName: string,
    record: RecordSpec,
    options?: pulumi.CustomResourceOptions,
  ): pulumi.Resource;
  /** The reverse zone that the address's PTR record belongs to, if this zone has one. */
  reverseFor(address: string): DnsZone | undefined;
}
