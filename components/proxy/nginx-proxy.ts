import * as pulumi from "@pulumi/pulumi";
import { host as kinds } from "../../resources";
import { IssueList } from "../../validation/checker";
import { checkIP } from "../../validation/ip-address";
import type { Issue } from "../../validation/issue";
import { integerBetween } from "../../validation/number";
import type { DnsZone } from "../dns/dns-zone";
import type { Host } from "../host/host";
import { refuse } from "../refuse";
import type { CertificateAuthority } from "../tls/certificate-authority";
import { renderNginxConf } from "./nginx-proxy.render";
import { NGINX_SERVICE, type NginxProxyHandle, NginxSites } from "./nginx-sites";
import type { ReverseProxy, SiteSpec } from "./reverse-proxy";

/** Arguments of `NginxProxy`. */
export interface NginxProxyArgs {
  /** The machine to run it on: Debian or one of its relatives. Ports 80 and 443 are the proxy's there. */
  host: Host;
  /** Address that the sites' names point to. Default: the host's. */
  address?: string;
  /** Zones that get the sites' names. Default none. */
  zone?: DnsZone | DnsZone[];
  /** Authority for the sites' certificates. Default none: only sites that are passed through work then. */
  certificates?: CertificateAuthority;
  /** Listen on IPv6 as well. Default true; switch it off where the kernel has none. */
  ipv6?: boolean;
  /** Connections of one worker process at a time, 64-65536. Default 1024. */
  workerConnections?: number;
}

/**
 * nginx as a reverse proxy for HTTPS: ends TLS with the lab's certificates, or passes it through by the name asked for,
 * on the same port. Sites see the client's own address. A name that no site has is refused; plain HTTP is redirected.
 *
 * ```ts
 * const proxy = new NginxProxy("proxy", { host: webvm.host, zone: lan, certificates: ca });
 * ```
 */
export class NginxProxy extends pulumi.ComponentResource implements ReverseProxy {
  readonly host: Host;
  readonly address: string;
  readonly zones: readonly DnsZone[];
  readonly certificates?: CertificateAuthority;
  readonly service = NGINX_SERVICE;
  readonly handle: pulumi.Output<NginxProxyHandle>;
  private readonly sites: NginxSites;

  constructor(name: string, args: NginxProxyArgs, options?: pulumi.ComponentResourceOptions) {
    super("labwright:proxy:NginxProxy", name, {}, options);
    this.host = args.host;
    this.address = args.address ?? args.host.address;
    this.zones = args.zone === undefined ? [] : [args.zone].flat();
    this.certificates = args.certificates;
    const issues = new IssueList();
    issues.check("address", this.address, checkIP);
    issues.checkOptional("workerConnections", args.workerConnections, integerBetween(64, 65536));
    refuse(this, `NginxProxy ${JSON.stringify(name)}`, issues.issues);

    const connection = args.host.connection;
    const packages = [args.host.package("nginx"), args.host.package("libnginx-mod-stream")];
    const passed = new kinds.Directory(
      `${name}-stream.d`,
      { host: connection, path: "/etc/nginx/stream.d" },
      args.host.options({ parent: this, dependsOn: packages }),
    );
    const file = new kinds.File(
      name,
      {
        host: connection,
        path: "/etc/nginx/nginx.conf",
        content: renderNginxConf({
          ipv6: args.ipv6 ?? true,
          workerConnections: args.workerConnections ?? 1024,
        }),
        // Debian's package brings one of its own.
        adopt: true,
        validate: "nginx -t",
        reload: this.service,
      },
      args.host.options({ parent: this, dependsOn: [...packages, passed] }),
    );
    const ready = new kinds.Service(
      `${name}-service`,
      { host: connection, unit: this.service },
      args.host.options({ parent: this, dependsOn: [file] }),
    );
    this.handle = pulumi
      .output({
        host: this.host.handle,
        zones: this.zones.map((zone) => zone.handle),
        certificates: this.certificates?.handle,
        // Not for its name: whoever has the handle waits for a proxy that runs.
        unit: ready.unit,
      })
      .apply(({ host, zones, certificates }): NginxProxyHandle => ({
        type: "labwright:ReverseProxy",
        version: 1,
        provider: "nginx",
        address: this.address,
        host,
        zones,
        certificates,
      }));
    this.sites = new NginxSites({
      host: this.host,
      address: this.address,
      zones: this.zones,
      certificates: this.certificates,
      handle: this.handle,
      ready,
    });
    this.registerOutputs({ address: this.address });
  }

  siteOf(hostname: string): string | undefined {
    return this.sites.siteOf(hostname);
  }

  checkSettings(settings: Record<string, string | string[]>): Issue[] {
    return this.sites.checkSettings(settings);
  }

  addSite(
    resourceName: string,
    site: SiteSpec,
    options?: pulumi.CustomResourceOptions,
  ): pulumi.Resource {
    return this.sites.addSite(resourceName, site, options);
  }
}
