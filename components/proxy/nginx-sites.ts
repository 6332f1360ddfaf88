import * as pulumi from "@pulumi/pulumi";
import { nginx } from "../../resources";
import { IssueList } from "../../validation/checker";
import type { Issue } from "../../validation/issue";
import type { DnsZone, DnsZoneHandle } from "../dns/dns-zone";
import type { Host, HostHandle } from "../host/host";
import type {
  CertificateAuthority,
  CertificateAuthorityHandle,
} from "../tls/certificate-authority";
import { renderNginxPassthrough, renderNginxSite } from "./nginx-site.render";
import type { ReverseProxy, ReverseProxyHandle, SiteSpec } from "./reverse-proxy";
import { siteName } from "./site-name";

/** An `NginxProxy` as plain data. */
export interface NginxProxyHandle extends ReverseProxyHandle {
  provider: "nginx";
  /** The machine it runs on. */
  host: HostHandle;
  /** Zones that it may put its sites' names into. */
  zones: DnsZoneHandle[];
  /** Authority for the sites' certificates. */
  certificates?: CertificateAuthorityHandle;
}

/** The nginx that sites are put on. */
export interface NginxSitesArgs {
  host: Host;
  address: string;
  zones: readonly DnsZone[];
  certificates?: CertificateAuthority;
  handle: pulumi.Output<ReverseProxyHandle>;
  /** What has to be there before a site can be added; nothing when another stack made the proxy. */
  ready?: pulumi.Resource;
}

/** The service of nginx. */
export const NGINX_SERVICE = "nginx";

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

/** A running nginx proxy, of this stack or another: sites are added to it one by one. */
export class NginxSites implements ReverseProxy {
  readonly host: Host;
  readonly address: string;
  readonly zones: readonly DnsZone[];
  readonly certificates?: CertificateAuthority;
  readonly service = NGINX_SERVICE;
  readonly handle: pulumi.Output<ReverseProxyHandle>;
  private readonly ready: pulumi.Resource[];
  private readonly sites = new Map<string, string>();

  constructor(args: NginxSitesArgs) {
    this.host = args.host;
    this.address = args.address;
    this.zones = args.zones;
    this.certificates = args.certificates;
    this.handle = args.handle;
    this.ready = args.ready ? [args.ready] : [];
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
          ...this.ready,
          ...[(options?.dependsOn as pulumi.Resource[] | undefined) ?? []].flat(),
        ],
      }),
    );
  }
}
