import type * as pulumi from "@pulumi/pulumi";
import { dns } from "../../resources";
import { ipVersion } from "../../validation/ip-address";
import { nameInZone } from "../../validation/dns-name";
import type { Issue } from "../../validation/issue";
import { networkContains } from "../../validation/network";
import type { Host, HostHandle } from "../host/host";
import type { DnsZone, DnsZoneHandle, RecordSpec } from "./dns-zone";
import { RecordRegistry } from "./record-registry";
import { relativeName } from "./record-value.validate";

/** A zone of a `BindServer` as plain data. */
export interface BindZoneHandle extends DnsZoneHandle {
  provider: "bind";
  /** The machine of the server. */
  host: HostHandle;
  /** Address that clients ask. */
  serverAddress: string;
  /** Absolute name of the server, which has an address record of its own when it is in the zone. */
  nameServer: string;
  /** The zones of its networks. */
  reverse: { network: string; zone: string }[];
}

/** What a zone is served by. */
export interface ServedZoneArgs {
  host: Host;
  /** Address that clients ask. */
  serverAddress: string;
  /** Absolute name of the server. */
  nameServer: string;
  handle: pulumi.Output<DnsZoneHandle>;
  /** What has to be there before a record can be added; nothing when another stack made the zone. */
  ready?: pulumi.Resource;
  /** The zones of its networks. */
  reverse?: readonly { network: string; zone: ServedZone }[];
}

/** A zone on a running BIND, of this stack or another: records are added to it one by one, by dynamic update. */
export class ServedZone implements DnsZone {
  readonly handle: pulumi.Output<DnsZoneHandle>;
  private readonly registry: RecordRegistry;

  constructor(
    readonly name: string,
    private readonly args: ServedZoneArgs,
  ) {
    this.handle = args.handle;
    this.registry = new RecordRegistry(name);
    if (nameInZone(args.nameServer, name))
      this.registry.add({
        name: relativeName(args.nameServer, name),
        type: ipVersion(args.serverAddress) === 4 ? "A" : "AAAA",
      });
  }

  conflicts(record: Pick<RecordSpec, "name" | "type">): Issue[] {
    return this.registry.conflicts(record);
  }

  addRecord(
    resourceName: string,
    record: RecordSpec,
    options?: pulumi.CustomResourceOptions,
  ): pulumi.Resource {
    const { host, ready } = this.args;
    this.registry.add(record);
    return new dns.Record(
      resourceName,
      { host: host.connection, zone: this.name, ...record },
      host.options({ ...options, dependsOn: ready && [ready] }),
    );
  }

  reverseFor(address: string): DnsZone | undefined {
    return this.args.reverse?.find(({ network }) => networkContains(network, address))?.zone;
  }
}
