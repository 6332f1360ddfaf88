import * as pulumi from "@pulumi/pulumi";
import { host as kinds } from "../../resources";
import { IssueList } from "../../validation/checker";
import { checkIP } from "../../validation/ip-address";
import { checkNetwork } from "../../validation/network";
import type { Host } from "../host/host";
import { refuse } from "../refuse";
import { ownStatements, renderNamedOptions } from "./bind-server.render";
import { BindZone, type BindZoneArgs } from "./bind-zone";
import type { ZoneServer } from "./zone-server";

/** Arguments of `BindServer`. */
export interface BindServerArgs {
  /** The machine to run it on: Debian or one of its relatives. */
  host: Host;
  /** Address that its zones name it by. Default: the host's. */
  address?: string;
  /** Servers to ask about other zones' names. Default none: it asks the root servers. */
  forwarders?: string[];
  /** Addresses to listen on, besides 127.0.0.1. Default: all of the host's. */
  listenOn?: string[];
  /**
   * Networks that may ask, anything. Default: the private ones (RFC 1918, RFC 4193) and link-local IPv6, so that it is
   * never an open resolver.
   */
  networks?: string[];
  /**
   * Further statements of BIND's `options` block in its own words, e.g. `{ "dnssec-validation": "no" }`; a list becomes
   * a list in braces.
   */
  settings?: Record<string, string | string[]>;
}

const PRIVATE_NETWORKS = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10"];

/**
 * A BIND 9 name server, answering for its zones and resolving everything else for the lab. Its configuration is judged
 * by `named-checkconf` before it is taken up; zones and records are added to the running server one by one.
 *
 * ```ts
 * const dns = new BindServer("dns", { host: netvm.host, forwarders: ["9.9.9.9"] });
 * const lan = dns.zone("home.arpa", { reverse: "10.77.0.0/24" });
 * ```
 */
export class BindServer extends pulumi.ComponentResource implements ZoneServer {
  readonly host: Host;
  /** Address that clients ask. */
  readonly address: string;
  readonly ready: pulumi.Resource;
  private readonly name: string;
  private readonly zones = new Map<string, string>();

  constructor(name: string, args: BindServerArgs, options?: pulumi.ComponentResourceOptions) {
    super("labwright:dns:BindServer", name, {}, options);
    this.name = name;
    this.host = args.host;
    this.address = args.address ?? args.host.address;
    refuse(this, `BindServer ${JSON.stringify(name)}`, checkServer(args, this.address).issues);

    const packages = [args.host.package("bind9"), args.host.package("bind9-dnsutils")];
    const connection = args.host.connection;
    const file = new kinds.File(
      name,
      {
        host: connection,
        path: "/etc/bind/named.conf.options",
        content: renderNamedOptions({
          forwarders: args.forwarders ?? [],
          listenOn: args.listenOn ?? [],
          networks: args.networks ?? PRIVATE_NETWORKS,
          settings: args.settings ?? {},
        }),
        // Debian's package brings one of its own.
        adopt: true,
        validate: "named-checkconf /etc/bind/named.conf",
        reload: "named",
      },
      args.host.options({ parent: this, dependsOn: packages }),
    );
    this.ready = new kinds.Service(
      `${name}-service`,
      { host: connection, unit: "named" },
      args.host.options({ parent: this, dependsOn: [file] }),
    );
    this.registerOutputs({ address: this.address });
  }

  /** Adds a zone to this server, and with `reverse` the zones for its addresses. */
  zone(
    name: string,
    args: Omit<BindZoneArgs, "server" | "zone"> = {},
    options?: pulumi.ComponentResourceOptions,
  ): BindZone {
    return new BindZone(`${this.name}-${name}`, { ...args, server: this, zone: name }, options);
  }

  zoneOwner(zone: string): string | undefined {
    return this.zones.get(zone);
  }

  claimZone(zone: string, owner: string): void {
    this.zones.set(zone, owner);
  }
}

function checkServer(args: BindServerArgs, address: string): IssueList {
  const issues = new IssueList();
  issues.check("address", address, checkIP);
  issues.checkEach("forwarders", args.forwarders ?? [], checkIP);
  issues.checkEach("listenOn", args.listenOn ?? [], checkIP);
  issues.checkEach("networks", args.networks ?? [], checkNetwork);
  for (const [index, forwarder] of (args.forwarders ?? []).entries())
    if (forwarder === address)
      issues.add(`forwarders[${index}]`, forwarder, "use another server: this is its own address");
  for (const [key, value] of Object.entries(args.settings ?? {})) {
    const field = `settings.${key}`;
    if (ownStatements.includes(key))
      issues.add(field, value, "leave it out: BindServer sets it by its own arguments");
    else if (!/^[a-z][a-z0-9-]*$/.test(key))
      issues.add(field, value, "use the name of a statement, such as dnssec-validation");
    for (const item of Array.isArray(value) ? value : [value])
      issues.check(field, item, (text) =>
        typeof text === "string" &&
        /^[^;{}\p{Cc}]+$/u.test(text) &&
        (text.match(/"/g)?.length ?? 0) % 2 === 0
          ? undefined
          : "use one value on one line, without ; { } and open quotes",
      );
  }
  return issues;
}
