import * as pulumi from "@pulumi/pulumi";
import { IssueList } from "../../validation/checker";
import { canonicalName } from "../../validation/dns-name";
import { formatIssues } from "../../validation/issue";
import { checkTtl } from "../../validation/number";
import { refuse } from "../refuse";
import type { DnsZone } from "./dns-zone";
import { recordTypes, type RecordType, type RecordValues } from "./record-value";
import { renderRecordValue } from "./record-value.render";
import { checkRecordValue, isPending, ownerChecker, relativeName } from "./record-value.validate";

/** Arguments of `DnsRecord`: what the values are depends on the type. */
export type DnsRecordArgs = {
  [T in RecordType]: {
    /** The zone that gets the record. */
    zone: DnsZone;
    /**
     * Name relative to the zone, `@` for the zone itself, or absolute with a dot at the end. Default: the name of this
     * component. A change replaces the record.
     */
    name?: string;
    /** Type of the record. A change replaces the record. */
    type: T;
    /** One value or several; together they are all records of this name and type. */
    values: RecordValues[T] | RecordValues[T][];
    /** Time to live in seconds. Default 3600. */
    ttl?: number;
  };
}[RecordType];

/**
 * All DNS records of one name and type in a zone, whatever serves the zone. Values are checked before anything is
 * touched, and a name that would mean something else to DNS than to a person is refused.
 *
 * ```ts
 * new DnsRecord("mail", { zone, name: "@", type: "MX", values: { preference: 10, exchange: "mail" } });
 * ```
 */
export class DnsRecord extends pulumi.ComponentResource {
  /** The full name, without a dot at the end. */
  readonly fqdn: string;

  constructor(name: string, args: DnsRecordArgs, options?: pulumi.ComponentResourceOptions) {
    super("labwright:dns:DnsRecord", name, {}, options);
    const subject = `DnsRecord ${JSON.stringify(name)}`;
    const owner = args.name ?? name;
    const values: unknown[] = Array.isArray(args.values) ? args.values : [args.values];
    refuse(this, subject, checkRecord(args, owner, values).issues);

    const zone = args.zone.name;
    const relative = relativeName(owner, zone);
    args.zone.addRecord(
      name,
      {
        name: relative,
        type: args.type,
        values: values.map((value, index) =>
          isPending(value)
            ? pulumi.output(value as pulumi.Input<string>).apply((known) => {
                const issues = new IssueList();
                checkRecordValue(issues, `values[${index}]`, args.type, known, zone);
                if (!issues.empty)
                  throw new pulumi.ResourceError(formatIssues(subject, issues.issues), this, true);
                return renderRecordValue(args.type, known, zone);
              })
            : renderRecordValue(args.type, value, zone),
        ),
        ttl: args.ttl ?? 3600,
      },
      { parent: this },
    );
    this.fqdn = (
      relative === "@" ? canonicalName(zone) : canonicalName(`${relative}.${zone}`)
    ).slice(0, -1);
    this.registerOutputs({ fqdn: this.fqdn });
  }
}

function checkRecord(args: DnsRecordArgs, owner: string, values: unknown[]): IssueList {
  const issues = new IssueList();
  const zone = args.zone.name;
  if (!recordTypes.includes(args.type)) {
    issues.add("type", args.type, `use one of ${recordTypes.join(", ")}`);
    return issues;
  }
  const named = issues.check("name", owner, ownerChecker(args.type, zone));
  if (values.length === 0) issues.add("values", values, "give at least one value");
  if (args.type === "CNAME" && values.length > 1)
    issues.add("values", values, "give one value: a CNAME has exactly one");
  for (const [index, value] of values.entries()) {
    const field = Array.isArray(args.values) ? `values[${index}]` : "values";
    checkRecordValue(issues, field, args.type, value, zone);
  }
  for (const [index, value] of values.entries()) {
    const first = values.findIndex((other) => JSON.stringify(other) === JSON.stringify(value));
    if (!isPending(value) && first < index)
      issues.add(`values[${index}]`, value, "leave out what is there twice");
  }
  issues.checkOptional("ttl", args.ttl, checkTtl);
  if (named)
    issues.issues.push(
      ...args.zone.conflicts({ name: relativeName(owner, zone), type: args.type }),
    );
  return issues;
}
