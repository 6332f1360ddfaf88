import type * as pulumi from "@pulumi/pulumi";
import type { Issue } from "../../validation/issue";
import type { DnsZone } from "../dns/dns-zone";
import type { Host } from "../host/host";
import type { CertificateAuthority } from "../tls/certificate-authority";

/** A proxy as plain data. Fit to be a stack's output. */
export interface ReverseProxyHandle {
  type: "labwright:ReverseProxy";
  version: 1;
  /** Which implementation it is, e.g. `nginx`. */
  provider: string;
  /** Address that the sites' names point to. */
  address: string;
}

/** Where requests go to. */
export interface UpstreamSpec {
  /** IP address. */
  address: string;
  port: number;
  /** Speak TLS to it. `caFile` on the proxy verifies its certificate for `serverName`; without one, nothing does. */
  tls?: { serverName: string; caFile?: string };
}

/** A site whose TLS ends at the proxy. */
export interface TerminatedSite {
  mode: "terminate";
  certificatePath: pulumi.Input<string>;
  keyPath: pulumi.Input<string>;
  /** Requests go to another server, or are answered from a folder on the proxy. */
  content: { upstream: UpstreamSpec } | { root: string };
  maxBodyMiB: number;
  timeoutSeconds: number;
  websockets: boolean;
  /** Further directives in the proxy's own language. */
  settings: Record<string, string | string[]>;
}

/** A site whose TLS is passed through to another server, by its name alone. */
export interface PassedSite {
  mode: "passthrough";
  upstream: UpstreamSpec;
}

/** A site as a proxy takes it. */
export type SiteSpec = {
  /** All names of the site, lower case, the first one naming it. */
  hostnames: string[];
} & (TerminatedSite | PassedSite);

/** Contract of a reverse proxy: what `ProxiedSite` needs of one. `NginxProxy` fulfils it. */
export interface ReverseProxy {
  /** The machine it runs on: certificates and static files go there. */
  readonly host: Host;
  /** Address that the sites' names point to. */
  readonly address: string;
  /** Zones that it may put its sites' names into. */
  readonly zones: readonly DnsZone[];
  /** Authority for the sites' certificates. */
  readonly certificates?: CertificateAuthority;
  /** Service on its host to reload when a certificate was renewed. */
  readonly service: string;
  readonly handle: pulumi.Output<ReverseProxyHandle>;
  /** The component of this program that has the host name already. */
  siteOf(hostname: string): string | undefined;
  /** What speaks against directives in the proxy's own language. */
  checkSettings(settings: Record<string, string | string[]>): Issue[];
  /** Adds a site that the caller has validated. */
  addSite(
    resourceName: string,
    site: SiteSpec,
    options?: pulumi.CustomResourceOptions,
  ): pulumi.Resource;
}
