import { type Checker, IssueList } from "../../validation/checker";
import { canonicalIP, checkIP, ipVersion } from "../../validation/ip-address";
import { checkNetwork } from "../../validation/network";
import { integerBetween } from "../../validation/number";
import {
  checkDatabaseName,
  checkEncoding,
  checkExtension,
  checkLocale,
  checkOwnRoleName,
  checkPassword,
} from "../../validation/postgres";
import type { PgClient, PgDatabaseArgs } from "./pg-database-args";
import type { ClusterObject } from "./postgres-cluster";

/** The network of a client that passed the checks: one address is a network of its own. */
export function clientNetwork(client: PgClient): string {
  const text = typeof client === "string" ? client : client.address;
  const [address = "", prefix] = text.split("/");
  return `${canonicalIP(address)}/${prefix ?? (ipVersion(address) === 4 ? 32 : 128)}`;
}

/** Everything wrong with a database's arguments. */
export function checkPgDatabase(args: PgDatabaseArgs, database: string, owner: string): IssueList {
  const issues = new IssueList();
  const named = issues.check("database", database, checkDatabaseName);
  checkFree(issues, "database", args, "database", database, named);
  const owned = issues.check("owner", owner, checkOwnRoleName);
  checkFree(issues, "owner", args, "role", owner, owned);
  if (typeof args.password === "string") {
    const fix = checkPassword(args.password);
    if (fix !== undefined) issues.addSecret("password", fix);
  }
  if (args.password !== undefined && args.passwordVersion !== undefined)
    issues.add("passwordVersion", args.passwordVersion, "leave it out: the password is given");
  issues.checkOptional("passwordVersion", args.passwordVersion, checkPasswordVersion);
  checkClients(issues, "allowFrom", args.allowFrom ?? []);
  for (const [name, reader] of Object.entries(args.readers ?? {})) {
    const field = `readers.${name}`;
    const good = issues.check("readers", name, checkOwnRoleName);
    if (name === owner) issues.add("readers", name, "use another name: the owner has this one");
    checkFree(issues, "readers", args, "role", name, good);
    checkClients(issues, `${field}.allowFrom`, reader.allowFrom ?? []);
    issues.checkOptional(`${field}.passwordVersion`, reader.passwordVersion, checkPasswordVersion);
    issues.checkOptional(`${field}.connectionLimit`, reader.connectionLimit, checkConnectionLimit);
  }
  issues.checkEach("extensions", args.extensions ?? [], checkExtension);
  checkTwice(issues, "extensions", args.extensions ?? []);
  issues.checkOptional("encoding", args.encoding, checkEncoding);
  issues.checkOptional("locale", args.locale, checkLocale);
  issues.checkOptional("connectionLimit", args.connectionLimit, checkConnectionLimit);
  return issues;
}

const checkConnectionLimit: Checker = integerBetween(
  -1,
  2147483647,
  "use a number of connections, or -1 for any number",
);

const checkPasswordVersion: Checker = (value) =>
  (typeof value === "number" && Number.isFinite(value)) ||
  (typeof value === "string" && value !== "")
    ? undefined
    : "use a number or a text";

function checkFree(
  issues: IssueList,
  field: string,
  { server }: PgDatabaseArgs,
  kind: ClusterObject,
  name: string,
  good: boolean,
): void {
  const other = good ? server.ownerOf(kind, name) : undefined;
  if (other !== undefined)
    issues.add(field, name, `${JSON.stringify(other)} of this program has it: use another name`);
}

function checkTwice(issues: IssueList, field: string, values: readonly string[]): void {
  for (const [index, value] of values.entries())
    if (values.indexOf(value) < index)
      issues.add(`${field}[${index}]`, value, "leave out what is there twice");
}

function checkClients(issues: IssueList, field: string, clients: readonly PgClient[]): void {
  if (!Array.isArray(clients)) {
    issues.add(field, clients, "use a list");
    return;
  }
  const seen = new Map<string, number>();
  for (const [index, client] of clients.entries()) {
    const at = `${field}[${index}]`;
    const text: unknown =
      typeof client === "string" ? client : (client as { address?: unknown } | undefined)?.address;
    if (!issues.check(at, text, checkClient)) continue;
    const network = clientNetwork(client);
    if (seen.has(network)) issues.add(at, text, "leave out what is there twice");
    seen.set(network, index);
  }
}

const checkClient: Checker = (value) => {
  if (checkIP(value) === undefined) return undefined;
  if (typeof value !== "string" || !value.includes("/"))
    return "use a machine, an IP address, or a network such as 10.77.0.0/24";
  const fix = checkNetwork(value);
  if (fix !== undefined) return fix;
  return value.endsWith("/0") ? "use the networks that need it: this one is everybody" : undefined;
};
