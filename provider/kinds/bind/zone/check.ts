import { type Checker, IssueList } from "../../../../validation/checker";
import {
  canonicalName,
  checkHostName,
  checkZoneName,
  nameInZone,
} from "../../../../validation/dns-name";
import { canonicalIP, checkIP } from "../../../../validation/ip-address";
import type { Issue } from "../../../../validation/issue";
import { checkNetwork } from "../../../../validation/network";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import type { zoneSchema } from "./schema";

/** What is wrong with a zone's inputs beyond their types. */
export function checkZone(inputs: Known<InputsOf<typeof zoneSchema>>): Issue[] {
  const issues = new IssueList();
  const { name, nameServers, glue, adminMailbox, allowTransfer } = inputs;
  issues.checkOptional("name", name, (value) => checkZoneName(value) ?? checkLowerCase(value));
  issues.checkOptional("adminMailbox", adminMailbox, checkMailbox);
  if (nameServers) checkNameServers(issues, nameServers);
  for (const [server, addresses] of Object.entries(glue ?? {}))
    checkGlue(issues, server, addresses ?? [], name, nameServers);
  if (name !== undefined && glue)
    for (const [index, server] of (nameServers ?? []).entries())
      if (nameInZone(server, name) && !Object.keys(glue).some((key) => same(key, server)))
        issues.add(
          `nameServers[${index}]`,
          server,
          `give its addresses in glue, { ${JSON.stringify(server)}: ["10.77.0.53"] }: BIND loads no zone without them`,
        );
  for (const [index, item] of (allowTransfer ?? []).entries())
    issues.check(`allowTransfer[${index}]`, item, checkTransfer);
  return issues.issues;
}

const same = (one: string, other: string) => canonicalName(one) === canonicalName(other);

/** One zone must not have two ids. */
const checkLowerCase: Checker = (value) => {
  const lower = (value as string).toLowerCase();
  return value === lower ? undefined : `use lower-case letters: ${lower}`;
};

const checkMailbox: Checker = (value) =>
  typeof value === "string" &&
  /^[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[^@]+$/.test(value) &&
  !value.endsWith(".") &&
  value.length <= 250 &&
  value.indexOf("@") <= 63 &&
  checkHostName(value.slice(value.indexOf("@") + 1)) === undefined
    ? undefined
    : "use a mail address such as hostmaster@home.arpa";

const checkTransfer: Checker = (value) =>
  value === "any" || checkIP(value) === undefined || checkNetwork(value) === undefined
    ? undefined
    : "use an address, a network such as 10.77.0.0/24, or any";

function checkNameServers(issues: IssueList, servers: readonly string[]): void {
  if (servers.length === 0) issues.add("nameServers", servers, "give at least one name server");
  for (const [index, server] of servers.entries()) {
    const field = `nameServers[${index}]`;
    const named = issues.check(field, server, (value) => {
      const fix = checkHostName(value);
      if (fix !== undefined) return fix;
      return server.replace(/\.$/, "").includes(".")
        ? undefined
        : "use the whole name, such as ns1.home.arpa";
    });
    const first = servers.findIndex((other) => named && same(other, server));
    if (named && first < index)
      issues.add(field, server, `leave it out: nameServers[${first}] is the same`);
  }
}

function checkGlue(
  issues: IssueList,
  server: string,
  addresses: readonly string[],
  zone?: string,
  nameServers?: readonly string[],
): void {
  const field = `glue[${JSON.stringify(server)}]`;
  if (nameServers && !nameServers.some((other) => same(other, server)))
    issues.add(field, addresses, "leave it out: nameServers has no such name server");
  else if (zone !== undefined && !nameInZone(server, zone))
    issues.add(field, addresses, `leave it out: the name does not lie in ${zone}`);
  if (addresses.length === 0) issues.add(field, addresses, "give at least one address");
  for (const [index, address] of addresses.entries()) {
    const good = issues.check(`${field}[${index}]`, address, checkIP);
    const first = addresses.findIndex(
      (other) =>
        good && checkIP(other) === undefined && canonicalIP(other) === canonicalIP(address),
    );
    if (good && first < index)
      issues.add(`${field}[${index}]`, address, "leave out what is there twice");
  }
}
