import * as pulumi from "@pulumi/pulumi";
import type { Checker, IssueList } from "../../validation/checker";
import {
  canonicalName,
  checkAddressOwner,
  checkDnsName,
  checkHostName,
  nameInZone,
} from "../../validation/dns-name";
import { checkIPv4, checkIPv6 } from "../../validation/ip-address";
import { checkPort, integerBetween } from "../../validation/number";
import type { CaaValue, MxValue, RecordType, SrvValue } from "./record-value";

/** Whether a value is only known once something else has been made. */
export const isPending = (value: unknown): boolean =>
  pulumi.Output.isInstance(value) || value instanceof Promise;

/** The owner name of a record of this type, as a person writes it in this zone. */
export function ownerChecker(type: RecordType, zone: string): Checker {
  const checkName =
    type === "A" || type === "AAAA" || type === "MX" ? checkAddressOwner : checkDnsName;
  return (value) => {
    if (value === "@")
      return type === "CNAME"
        ? "use A and AAAA at the zone itself: a CNAME stands alone"
        : undefined;
    const fix = checkName(value);
    if (fix !== undefined) return fix;
    const name = value as string;
    if (name.endsWith("."))
      return nameInZone(name, zone)
        ? undefined
        : `use a name in the zone ${zone}, or @ for the zone itself`;
    if (nameInZone(name, zone)) {
      const relative = relativeName(`${name}.`, zone);
      return `use ${JSON.stringify(relative)} (relative to the zone) or ${JSON.stringify(`${name}.`)}`;
    }
    if (`${name}.${zone}`.length > 253)
      return `use a shorter name: with ${zone} it has more than 253 characters`;
    return type === "SRV" && !/^_[^.]+\._[^.]+(\.|$)/.test(name)
      ? "start with the service and protocol, as in _ldap._tcp (RFC 2782)"
      : undefined;
  };
}

/** `wiki` of `wiki.home.arpa.` in home.arpa; `@` of the zone itself. Names without a dot at the end stay as they are. */
export function relativeName(name: string, zone: string): string {
  if (!name.endsWith(".")) return name.toLowerCase();
  const absolute = canonicalName(name);
  const apex = canonicalName(zone);
  return absolute === apex ? "@" : absolute.slice(0, -apex.length - 1);
}

const sixteenBits = integerBetween(0, 65535);

function targetChecker(zone: string): Checker {
  return (value) => {
    if (value === "@") return undefined;
    const fix = checkHostName(value);
    if (fix !== undefined) return fix;
    const name = value as string;
    return name.includes(".") && !name.endsWith(".")
      ? `end it with a dot (${JSON.stringify(`${name}.`)}), or use one label relative to ${zone}`
      : undefined;
  };
}

/** All values of a name travel twice, old and new, in one update of at most 65535 octets (RFC 1035, section 4.2.2). */
const checkText: Checker = (value) => {
  if (typeof value !== "string") return "use a text";
  if (/\0/.test(value)) return "leave out the null character";
  return Buffer.byteLength(value) <= 30000 ? undefined : "use at most 30000 octets";
};

/** Adds what is wrong with one value. A value that is not known yet is judged by the provider. */
export function checkRecordValue(
  issues: IssueList,
  field: string,
  type: RecordType,
  value: unknown,
  zone: string,
): void {
  if (isPending(value)) return;
  const checkTarget = targetChecker(zone);
  switch (type) {
    case "A":
      issues.check(field, value, checkIPv4);
      return;
    case "AAAA":
      issues.check(field, value, checkIPv6);
      return;
    case "CNAME":
    case "PTR":
      issues.check(field, value, checkTarget);
      return;
    case "TXT":
      issues.check(field, value, checkText);
      return;
    case "MX": {
      const mx = fieldsOf<MxValue>(issues, field, value, "{ preference: 10, exchange: ... }");
      if (!mx) return;
      issues.check(`${field}.preference`, mx.preference, sixteenBits);
      // RFC 7505: the lone dot says that the domain takes no mail.
      if (mx.exchange !== ".") issues.check(`${field}.exchange`, mx.exchange, checkTarget);
      return;
    }
    case "SRV": {
      const srv = fieldsOf<SrvValue>(
        issues,
        field,
        value,
        "{ priority: 0, weight: 0, port: 389, target: ... }",
      );
      if (!srv) return;
      issues.check(`${field}.priority`, srv.priority, sixteenBits);
      issues.check(`${field}.weight`, srv.weight, sixteenBits);
      issues.check(`${field}.port`, srv.port, checkPort);
      issues.check(`${field}.target`, srv.target, checkTarget);
      return;
    }
    case "CAA": {
      const caa = fieldsOf<CaaValue>(issues, field, value, '{ tag: "issue", value: ... }');
      if (!caa) return;
      issues.checkOptional(`${field}.flags`, caa.flags, integerBetween(0, 255));
      issues.check(`${field}.tag`, caa.tag, (tag) =>
        tag === "issue" || tag === "issuewild" || tag === "iodef"
          ? undefined
          : "use issue, issuewild or iodef",
      );
      issues.check(`${field}.value`, caa.value, (text) =>
        typeof text === "string" && /^[ !#-[\]-~]*$/.test(text)
          ? undefined
          : "use printable ASCII without quotes and backslashes, such as letsencrypt.org",
      );
      return;
    }
  }
}

function fieldsOf<T>(
  issues: IssueList,
  field: string,
  value: unknown,
  shape: string,
): Partial<T> | undefined {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Partial<T>;
  issues.add(field, value, `use ${shape}`);
  return undefined;
}
