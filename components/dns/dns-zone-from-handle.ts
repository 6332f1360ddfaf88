import * as pulumi from "@pulumi/pulumi";
import type { HandleContract, HandleSource } from "../handle";
import { hostFromHandle } from "../host/host-from-handle";
import type { DnsZone } from "./dns-zone";
import { type BindZoneHandle, ServedZone } from "./served-zone";

/** A zone of another stack. Its records there are not known here: the name server refuses the same again. */
export const dnsZoneFromHandle: HandleContract<DnsZone, "labwright:DnsZone"> = {
  type: "labwright:DnsZone",
  version: 1,
  providers: {
    bind(handle: BindZoneHandle, source: HandleSource) {
      const { nameServer, serverAddress } = handle;
      const served = { host: source.read(hostFromHandle, handle.host), nameServer, serverAddress };
      const reverse = handle.reverse.map(({ network, zone }) => ({
        network,
        zone: new ServedZone(zone, {
          ...served,
          handle: pulumi.output({ ...handle, name: zone, reverse: [] }),
        }),
      }));
      return new ServedZone(handle.name, { ...served, reverse, handle: pulumi.output(handle) });
    },
  },
};
