import * as pulumi from "@pulumi/pulumi";
import { bind, type SoaTimersArgs } from "../../resources";
import { IssueList } from "../../validation/checker";
import { canonicalName, checkHostName, checkZoneName, nameInZone } from "../../validation/dns-name";
import { canonicalIP, checkIP, reversePointer } from "../../validation/ip-address";
import type { Issue } from "../../validation/issue";
import { checkNetwork, checkReverseNetwork, reverseZoneName } from "../../validation/network";
import { secondsBetween } from "../../validation/number";
import { refuse } from "../refuse";
import type { DnsZone, RecordSpec } from "./dns-zone";
import { relativeName } from "./record-value.validate";
import { type BindZoneHandle, ServedZone } from "./served-zone";
import type { ZoneServer } from "./zone-server";

/** Arguments of `BindZone`. */
export interface BindZoneArgs {
  /** The server that answers for the zone, a `BindServer`. */
  server: ZoneServer;
  /** Name of the zone, such as `home.arpa` (RFC 8375). A change replaces the zone. */
  zone: string;
  /**
   * Networks whose addresses the server gives names to: a zone each. IPv4 /8, /16 and /24, IPv6 at every fourth bit.
   * Default none.
   */
  reverse?: string | string[];
  /**
   * Name of the server: one label in the zone, or an absolute name with a dot at the end. One in the zone gets its
   * address record by itself, and its address a PTR record when `reverse` covers it. Default `ns1`.
   */
  nameServer?: string;
  /** Mail address of who is responsible. Default `hostmaster@` and the zone. */
  adminMailbox?: string;
  /** Timers of the SOA record, in seconds. Default: those of RIPE-203. */
  soa?: { refresh?: number; retry?: number; expire?: number; minimum?: number; ttl?: number };
  /** Addresses and networks that may copy the whole zone. Default none. */
  allowTransfer?: string[];
}

/**
 * A zone of a `BindServer`, with the reverse zones of its networks. Records are added to the running server one by
 * one; nobody edits the zone's file.
 *
 * ```ts
 * const lan = dns.zone("home.arpa", { reverse: "10.77.0.0/24" });
 * ```
 */
export class BindZone extends pulumi.ComponentResource implements DnsZone {
  readonly name: string;
  readonly handle: pulumi.Output<BindZoneHandle>;
  private readonly zone: ServedZone;

  constructor(name: string, args: BindZoneArgs, options?: pulumi.ComponentResourceOptions) {
    super("labwright:dns:BindZone", name, {}, options);
    const networks = args.reverse === undefined ? [] : [args.reverse].flat();
    refuse(this, `BindZone ${JSON.stringify(name)}`, checkZone(args, networks).issues);

    const { server } = args;
    this.name = canonicalName(args.zone).slice(0, -1);
    const written = args.nameServer ?? "ns1";
    const nameServer = written.endsWith(".")
      ? canonicalName(written)
      : canonicalName(`${written}.${this.name}`);
    const settings: ZoneSettings = {
      nameServer,
      adminMailbox: args.adminMailbox ?? `hostmaster@${this.name}`,
      soa: args.soa,
      allowTransfer: args.allowTransfer,
    };
    const forward = this.serve(name, this.name, server, settings);
    const reverse = networks.map((network) => {
      const zone = reverseZoneName(network);
      return { network, zone, resource: this.serve(`${name}-${zone}`, zone, server, settings) };
    });
    const served = { host: server.host, serverAddress: server.address, nameServer };
    const handle = (resource: bind.Zone, zones: typeof reverse) =>
      pulumi
        .output({
          zone: resource.name,
          host: server.host.handle,
          // Not for their names: whoever has the handle waits for these zones too.
          reverse: zones.map((zone) => zone.resource.name),
        })
        .apply(({ zone, host }): BindZoneHandle => ({
          type: "labwright:DnsZone",
          version: 1,
          provider: "bind",
          name: zone,
          host,
          serverAddress: server.address,
          nameServer,
          reverse: zones.map(({ network, zone }) => ({ network, zone })),
        }));
    this.handle = handle(forward, reverse);
    this.zone = new ServedZone(this.name, {
      ...served,
      ready: forward,
      handle: this.handle,
      reverse: reverse.map(({ network, zone, resource }) => ({
        network,
        zone: new ServedZone(zone, { ...served, ready: resource, handle: handle(resource, []) }),
      })),
    });
    this.nameServerPointer(name, nameServer, server.address);
    this.registerOutputs({ handle: this.handle });
  }

  conflicts(record: Pick<RecordSpec, "name" | "type">): Issue[] {
    return this.zone.conflicts(record);
  }

  addRecord(
    resourceName: string,
    record: RecordSpec,
    options?: pulumi.CustomResourceOptions,
  ): pulumi.Resource {
    return this.zone.addRecord(resourceName, record, options);
  }

  reverseFor(address: string): DnsZone | undefined {
    return this.zone.reverseFor(address);
  }

  /** Puts a zone on the server: the forward one, or one of the reverse ones. */
  private serve(
    resourceName: string,
    zone: string,
    server: ZoneServer,
    { nameServer, ...others }: ZoneSettings,
  ): bind.Zone {
    server.claimZone(zone, resourceName);
    return new bind.Zone(
      resourceName,
      {
        host: server.host.connection,
        name: zone,
        nameServers: [nameServer],
        glue: nameInZone(nameServer, zone)
          ? { [nameServer]: [canonicalIP(server.address)] }
          : undefined,
        ...others,
      },
      server.host.options({ parent: this, dependsOn: [server.ready] }),
    );
  }

  /** The PTR record of a name server in the zone. */
  private nameServerPointer(name: string, nameServer: string, address: string): void {
    const reverse = nameInZone(nameServer, this.name) && this.reverseFor(address);
    if (reverse)
      reverse.addRecord(
        `${name}-ns-ptr`,
        {
          name: relativeName(reversePointer(address), reverse.name),
          type: "PTR",
          values: [nameServer],
          ttl: 3600,
        },
        { parent: this },
      );
  }
}

interface ZoneSettings {
  /** Absolute, with the dot at the end. */
  nameServer: string;
  adminMailbox: string;
  soa?: SoaTimersArgs;
  allowTransfer?: string[];
}

function checkZone(args: BindZoneArgs, networks: readonly string[]): IssueList {
  const issues = new IssueList();
  const named = issues.check("zone", args.zone, checkZoneName);
  const taken = named && args.server.zoneOwner(canonicalName(args.zone).slice(0, -1));
  if (taken)
    issues.add(
      "zone",
      args.zone,
      `the server has it already, as ${JSON.stringify(taken)}: add records to that one`,
    );
  for (const [index, network] of networks.entries()) {
    const field = Array.isArray(args.reverse) ? `reverse[${index}]` : "reverse";
    if (!issues.check(field, network, checkReverseNetwork)) continue;
    const owner = args.server.zoneOwner(reverseZoneName(network));
    if (owner)
      issues.add(
        field,
        network,
        `the server has its zone already, as ${JSON.stringify(owner)}: leave it out here`,
      );
    else if (networks.indexOf(network) < index)
      issues.add(field, network, "leave out what is there twice");
  }
  if (args.nameServer !== undefined)
    issues.check("nameServer", args.nameServer, (value) => {
      const fix = checkHostName(value);
      if (fix !== undefined) return fix;
      const name = value as string;
      return name.includes(".") && !name.endsWith(".")
        ? `end it with a dot (${JSON.stringify(`${name}.`)}), or use one label relative to ${args.zone}`
        : undefined;
    });
  issues.checkOptional("adminMailbox", args.adminMailbox, (value) =>
    typeof value === "string" && /^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(value)
      ? undefined
      : "use a mail address such as hostmaster@home.arpa",
  );
  for (const timer of ["refresh", "retry", "expire", "minimum", "ttl"] as const)
    issues.checkOptional(`soa.${timer}`, args.soa?.[timer], secondsBetween(0, 2147483647));
  for (const [index, item] of (args.allowTransfer ?? []).entries())
    issues.check(`allowTransfer[${index}]`, item, (value) =>
      checkIP(value) === undefined || checkNetwork(value) === undefined
        ? undefined
        : "use an address or a network such as 10.77.0.0/24",
    );
  return issues;
}
