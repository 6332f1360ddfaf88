import * as pulumi from "@pulumi/pulumi";
import { dnsZoneFromHandle } from "../dns/dns-zone-from-handle";
import type { HandleContract, HandleSource } from "../handle";
import { hostFromHandle } from "../host/host-from-handle";
import { certificateAuthorityFromHandle } from "../tls/certificate-authority-from-handle";
import { type NginxProxyHandle, NginxSites } from "./nginx-sites";
import type { ReverseProxy } from "./reverse-proxy";

/** A proxy of another stack. Its sites there are not known here: the host's ledger refuses the same name again. */
export const reverseProxyFromHandle: HandleContract<ReverseProxy, "labwright:ReverseProxy"> = {
  type: "labwright:ReverseProxy",
  version: 1,
  providers: {
    nginx: (handle: NginxProxyHandle, source: HandleSource) =>
      new NginxSites({
        host: source.read(hostFromHandle, handle.host),
        address: handle.address,
        zones: handle.zones.map((zone) => source.read(dnsZoneFromHandle, zone)),
        certificates:
          handle.certificates && source.read(certificateAuthorityFromHandle, handle.certificates),
        handle: pulumi.output(handle),
      }),
  },
};
