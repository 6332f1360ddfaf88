import { type Checker, IssueList } from "../../validation/checker";
import { canonicalIP, checkIP, ipVersion } from "../../validation/ip-address";
import { checkAbsolutePath, checkUserName } from "../../validation/linux";
import { checkNetwork, parseNetwork } from "../../validation/network";
import { integerBetween } from "../../validation/number";
import type { NfsClientSpec } from "./nfs-server";
import type { Addressed, NfsClient, NfsShareArgs } from "./nfs-share-args";

const OPTIONS = [
  "access",
  "squash",
  "anonymousUid",
  "anonymousGid",
  "security",
  "privilegedPort",
] as const;

const FIELDS: readonly string[] = ["host", "address", "network", ...OPTIONS];

/** A directory that servers can share: exports(5) reads a backslash in it as an escape, in the end of something else. */
export const checkSharePath: Checker = (value) => {
  const fix = checkAbsolutePath(value);
  if (fix !== undefined) return fix;
  return (value as string).includes("\\")
    ? "use a path without a backslash: NFS servers misread it"
    : undefined;
};

const oneOf =
  (...words: string[]): Checker =>
  (value) =>
    words.includes(value as string) ? undefined : `use ${words.join(" or ")}`;

const checkMode: Checker = (value) =>
  typeof value === "string" && /^[0-7]{4}$/.test(value)
    ? undefined
    : 'use four octal digits, such as "0755"';

/** 2^32-1 means "no user" to the kernel (chown(2)). */
const checkId = integerBetween(0, 4294967294);

const flag: Checker = (value) => (typeof value === "boolean" ? undefined : "use true or false");

/** Everything wrong with a share's arguments. */
export function checkShare(args: NfsShareArgs): IssueList {
  const issues = new IssueList();
  if (issues.check("path", args.path, checkSharePath)) {
    const taken = args.server.shareOf(args.path);
    if (taken)
      issues.add(
        "path",
        args.path,
        `share ${JSON.stringify(taken)} of this server has it: add the clients there`,
      );
    if (args.deleteData && args.path.lastIndexOf("/") === 0)
      issues.add("deleteData", true, `use false for ${args.path}, or a directory deeper down`);
  }
  issues.checkOptional("owner", args.owner, checkUserName);
  issues.checkOptional("group", args.group, checkUserName);
  issues.checkOptional("mode", args.mode, checkMode);
  issues.checkOptional("adopt", args.adopt, flag);
  issues.checkOptional("deleteData", args.deleteData, flag);
  checkOptions(issues, "", args);
  if (!Array.isArray(args.clients) || args.clients.length === 0)
    issues.add("clients", args.clients, "give at least one machine, address or network");
  else checkClients(issues, args.clients);
  issues.issues.push(...args.server.checkSettings(args.settings ?? {}));
  return issues;
}

function checkOptions(issues: IssueList, prefix: string, options: Partial<NfsClient>): void {
  const at = (field: string) => `${prefix}${field}`;
  issues.checkOptional(at("access"), options.access, oneOf("rw", "ro"));
  issues.checkOptional(at("squash"), options.squash, oneOf("root", "all", "none"));
  issues.checkOptional(at("anonymousUid"), options.anonymousUid, checkId);
  issues.checkOptional(at("anonymousGid"), options.anonymousGid, checkId);
  issues.checkOptional(at("privilegedPort"), options.privilegedPort, flag);
  if (options.security === undefined) return;
  if (issues.checkEach(at("security"), options.security, oneOf("sys", "krb5", "krb5i", "krb5p")))
    if (options.security.length === 0)
      issues.add(at("security"), options.security, "give at least one, such as sys");
}

function checkClients(issues: IssueList, clients: NfsShareArgs["clients"]): void {
  const seen = new Map<string, number>();
  for (const [index, written] of clients.entries()) {
    const field = `clients[${index}]`;
    const client = checkClient(issues, field, written);
    if (client === undefined) continue;
    const first = seen.get(client);
    if (first === undefined) seen.set(client, index);
    else issues.add(field, client, `leave it out: clients[${first}] is the same`);
  }
}

/** The client's address or network when it is a good one. */
function checkClient(
  issues: IssueList,
  field: string,
  written: NfsShareArgs["clients"][number],
): string | undefined {
  if (typeof written === "string") {
    const good = issues.check(field, written, written.includes("/") ? checkNetwork : checkHost);
    return good ? clientOf(written) : undefined;
  }
  if (typeof written !== "object" || written === null) {
    issues.add(field, written, "use a machine, an address, a network, or an object that says how");
    return undefined;
  }
  if (isMachine(written)) {
    const good = issues.check(`${field}.address`, written.address, checkHost);
    return good ? clientOf(written) : undefined;
  }
  const client = written as NfsClient;
  for (const name of Object.keys(client))
    if (!FIELDS.includes(name))
      issues.add(`${field}.${name}`, "", `leave it out: a client has ${FIELDS.join(", ")}`);
  checkOptions(issues, `${field}.`, client);
  const given = (["host", "address", "network"] as const).filter(
    (one) => client[one] !== undefined,
  );
  if (given.length !== 1) {
    issues.add(
      `${field}.${given[1] ?? "host"}`,
      client[given[1] ?? "host"],
      given.length === 0
        ? "say who it is: host, address or network"
        : `leave it out: ${given[0]} says who it is`,
    );
    return undefined;
  }
  const good = client.host
    ? issues.check(`${field}.host.address`, client.host.address, checkHost)
    : client.network === undefined
      ? issues.check(`${field}.address`, client.address, checkHost)
      : issues.check(`${field}.network`, client.network, checkNetwork);
  return good ? clientOf(client) : undefined;
}

/** Servers take 0.0.0.0 for everybody. */
const checkHost: Checker = (value) =>
  checkIP(value) ??
  (value === "0.0.0.0" || value === "::"
    ? "use a network, such as 10.77.0.0/24, or 0.0.0.0/0 for everybody"
    : undefined);

/** A `Vm` or `Host`, and not an object that says how. Both have more than a client's fields. */
function isMachine(written: Addressed | NfsClient): written is Addressed {
  return Object.getPrototypeOf(written) !== Object.prototype && "address" in written;
}

/** Address or network of a client that was checked, in one spelling. */
function clientOf(written: NfsShareArgs["clients"][number]): string {
  const text =
    typeof written === "string"
      ? written
      : ((written as NfsClient).network ??
        (written as NfsClient).host?.address ??
        written.address!);
  if (!text.includes("/")) return canonicalIP(text);
  const { address, prefix } = parseNetwork(text);
  return prefix === (ipVersion(address) === 4 ? 32 : 128)
    ? canonicalIP(address)
    : `${canonicalIP(address)}/${prefix}`;
}

/** Clients of a share that was checked: all said, and the closest fit first, for servers that take the first. */
export function clientSpecs(args: NfsShareArgs): NfsClientSpec[] {
  const width = (client: string) =>
    client.includes("/") ? parseNetwork(client).prefix : Number.POSITIVE_INFINITY;
  return args.clients
    .map((written): NfsClientSpec => {
      const own = typeof written === "string" || isMachine(written) ? {} : written;
      const said = <K extends (typeof OPTIONS)[number]>(field: K) =>
        (own as NfsClient)[field] ?? args[field];
      return {
        client: clientOf(written),
        access: said("access") ?? "rw",
        squash: said("squash") ?? "root",
        anonymousUid: said("anonymousUid") ?? 65534,
        anonymousGid: said("anonymousGid") ?? 65534,
        security: said("security") ?? ["sys"],
        privilegedPort: said("privilegedPort") ?? true,
      };
    })
    .sort((one, other) => {
      const [a, b] = [width(one.client), width(other.client)];
      return a === b ? 0 : b - a;
    });
}
