import { IssueList } from "../../validation/checker";
import { checkFullHostName, nameInZone } from "../../validation/dns-name";
import { checkIP, ipVersion } from "../../validation/ip-address";
import { checkAbsolutePath, checkRelativePath } from "../../validation/linux";
import { checkPort, secondsBetween, sizeBetween } from "../../validation/number";
import type { Checker } from "../../validation/checker";
import type { DnsZone } from "../dns/dns-zone";
import { relativeName } from "../dns/record-value.validate";
import type { ProxiedSiteArgs, Server, Upstream } from "./proxied-site-args";

/** The zone that a name of the site goes into: the most specific one it lies in. */
export function zoneFor(args: ProxiedSiteArgs, hostname: string): DnsZone | undefined {
  if (args.dns === false) return undefined;
  const zones = args.dns ? [args.dns] : args.proxy.zones;
  return zones
    .filter((zone) => nameInZone(hostname, zone.name))
    .sort((one, other) => other.name.length - one.name.length)[0];
}

/** nginx and others expand `$` in paths, and nothing escapes it. */
const plainPath =
  (check: Checker): Checker =>
  (value) =>
    check(value) ??
    (/^[A-Za-z0-9._/@+ -]+$/.test(value as string)
      ? undefined
      : "use letters, digits, . _ - + @ and spaces");

const CONTENT = ["upstream", "passthrough", "files", "root"] as const;

/** Everything wrong with a site's arguments. */
export function checkSite(args: ProxiedSiteArgs): IssueList {
  const issues = new IssueList();
  checkNames(issues, args);

  const given = CONTENT.filter((field) => args[field] !== undefined);
  const kinds = new Set(given.map((field) => (field === "files" ? "root" : field)));
  if (kinds.size === 0)
    issues.add(
      "upstream",
      undefined,
      "say what the site shows: upstream, passthrough, files or root",
    );
  if (kinds.size > 1)
    issues.add(given[1]!, args[given[1]!], `leave it out: the site has ${given[0]} already`);
  if (args.upstream) checkUpstream(issues, "upstream", args.upstream);
  if (args.passthrough) {
    checkServer(issues, "passthrough", args.passthrough);
    for (const field of [
      "maxBodyMiB",
      "timeoutSeconds",
      "websockets",
      "settings",
      "certificates",
    ] as const)
      if (args[field] !== undefined)
        issues.addSecret(
          field,
          "leave it out: the proxy does not look into what it passes through",
        );
  } else if (!args.certificates && !args.proxy.certificates) {
    issues.add(
      "certificates",
      undefined,
      "give an authority, here or on the proxy: TLS ends there",
    );
  }
  issues.checkOptional("root", args.root, plainPath(checkAbsolutePath));
  for (const path of Object.keys(args.files ?? {}))
    issues.check("files", path, plainPath(checkRelativePath));
  if (args.files && Object.keys(args.files).length === 0)
    issues.add("files", args.files, "give at least one file");
  issues.checkOptional("maxBodyMiB", args.maxBodyMiB, sizeBetween(0, 1048576, "MiB"));
  issues.checkOptional("timeoutSeconds", args.timeoutSeconds, secondsBetween(1, 86400));
  issues.issues.push(...args.proxy.checkSettings(args.settings ?? {}));
  return issues;
}

function checkNames(issues: IssueList, args: ProxiedSiteArgs): void {
  const seen = new Set<string>();
  const names: [string, string][] = [
    ["hostname", args.hostname],
    ...(args.aliases ?? []).map((alias, index): [string, string] => [`aliases[${index}]`, alias]),
  ];
  for (const [field, written] of names) {
    if (!issues.check(field, written, checkFullHostName)) continue;
    const hostname = written.toLowerCase();
    const owner = args.proxy.siteOf(hostname);
    if (owner)
      issues.add(
        field,
        written,
        `site ${JSON.stringify(owner)} of this proxy has it: use another name`,
      );
    else if (seen.has(hostname)) issues.add(field, written, "leave out what is there twice");
    seen.add(hostname);
    if (owner || args.dns === false) continue;
    const zone = zoneFor(args, hostname);
    if (zone) {
      const record = {
        name: relativeName(`${hostname}.`, zone.name),
        type: ipVersion(args.proxy.address) === 4 ? ("A" as const) : ("AAAA" as const),
      };
      for (const conflict of zone.conflicts(record)) issues.add(field, written, conflict.fix);
      continue;
    }
    const zones = (args.dns ? [args.dns] : args.proxy.zones).map(({ name }) => name);
    issues.add(
      field,
      written,
      zones.length === 0
        ? "give the proxy a zone, or the site dns: false when its name is made elsewhere"
        : `use a name in ${zones.join(" or ")}, or dns: false when its name is made elsewhere`,
    );
  }
}

function checkServer(issues: IssueList, field: string, server: Server): void {
  issues.check(`${field}.port`, server.port, checkPort);
  if ((server.host === undefined) === (server.address === undefined))
    issues.add(
      `${field}.address`,
      server.address,
      server.host === undefined
        ? "give the server's host or its address"
        : "leave it out: host says it already",
    );
  else if (server.host) issues.check(`${field}.host.address`, server.host.address, checkIP);
  else issues.check(`${field}.address`, server.address, checkIP);
}

function checkUpstream(issues: IssueList, field: string, upstream: Upstream): void {
  checkServer(issues, field, upstream);
  if (typeof upstream.tls !== "object") return;
  issues.checkOptional(`${field}.tls.serverName`, upstream.tls.serverName, checkFullHostName);
  issues.checkOptional(`${field}.tls.caFile`, upstream.tls.caFile, plainPath(checkAbsolutePath));
}
