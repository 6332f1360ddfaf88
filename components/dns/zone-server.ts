import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host/host";

/** What a zone needs of the server that answers for it. */
export interface ZoneServer {
  readonly host: Host;
  /** Address that clients ask. */
  readonly address: string;
  /** What has to be there before a zone can be added. */
  readonly ready: pulumi.Resource;
  /** The component of this program that has the zone already. */
  zoneOwner(zone: string): string | undefined;
  /** Notes whose zone this is from now on. */
  claimZone(zone: string, owner: string): void;
}
