import * as pulumi from "@pulumi/pulumi";
import { host as kinds, nginx } from "../../resources";
import { IssueList } from "../../validation/checker";
import { checkIP } from "../../validation/ip-address";
import type { Issue } from "../../validation/issue";
import { integerBetween } from "../../validation/number";
import type { DnsZone } from "../dns/dns-zone";
import type { Host } from "../host/host";
import { refuse } from "../refuse";
import type { CertificateAuthority } from "../tls/certificate-authority";
import { renderNginxConf } from "./nginx-proxy.render";
import { renderNginxPassthrough, renderNginxSite } from "./nginx-site.render";
import type { ReverseProxy, ReverseProxyHandle, SiteSpec } from "./reverse-proxy";
import { siteName } from "./site-name";

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

/** Directives that a site has already, or that would open a block or another file. */
const OWN_DIRECTIVES = [
  "listen",
  "server_name",
  "ssl_certificate",
  "ssl_certificate_key",
  "client_max_body_size",
  "root",
  "index",
  "include",
  "location",
  "server",
];

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
  readonly service = "nginx";
  readonly handle: pulumi.Output<ReverseProxyHandle>;
  private readonly ready: pulumi.Resource;
  private readonly sites = new Map<string, string>();

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
    this.ready = new kinds.Service(
      `${name}-service`,
      { host: connection, unit: this.service },
      args.host.options({ parent: this, dependsOn: [file] }),
    );
    this.handle = pulumi.output({
      type: "labwright:ReverseProxy" as const,
      version: 1 as const,
      provider: "nginx",
      address: this.address,
    });
    this.registerOutputs({ address: this.address });
  }

  siteOf(hostname: string): string | undefined {
    return this.sites.get(hostname);
  }

  checkSettings(settings: Record<string, string | string[]>): Issue[] {
    const issues = new IssueList();
    for (const [name, value] of Object.entries(settings)) {
      const field = `settings.${name}`;
      if (OWN_DIRECTIVES.includes(name))
        issues.add(field, value, "leave it out: the site sets it by its own arguments");
      else if (!/^[a-z][a-z0-9_]*$/.test(name))
        issues.add(field, value, "use the name of a directive, such as proxy_buffering");
      for (const item of [value].flat())
        issues.check(field, item, (text) =>
          typeof text === "string" && text !== "" && !/\p{Cc}/u.test(text)
            ? undefined
            : "use a text on one line, or a list of them for several arguments",
        );
    }
    return issues.issues;
  }

  addSite(
    resourceName: string,
    site: SiteSpec,
    options?: pulumi.CustomResourceOptions,
  ): pulumi.Resource {
    for (const hostname of site.hostnames) this.sites.set(hostname, resourceName);
    const passed = site.mode === "passthrough";
    const config = passed
      ? renderNginxPassthrough(site.hostnames, site.upstream)
      : pulumi
          .all([site.certificatePath, site.keyPath])
          .apply(([certificatePath, keyPath]) =>
            renderNginxSite({ ...site, certificatePath, keyPath }),
          );
    return new nginx.Site(
      resourceName,
      {
        host: this.host.connection,
        name: siteName(site.hostnames[0]!),
        context: passed ? "stream" : "http",
        config,
      },
      this.host.options({
        ...options,
        dependsOn: [
          this.ready,
          ...[(options?.dependsOn as pulumi.Resource[] | undefined) ?? []].flat(),
        ],
      }),
    );
  }
}
