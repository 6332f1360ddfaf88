import type * as pulumi from "@pulumi/pulumi";
import type { DnsZone } from "../dns/dns-zone";
import type { CertificateAuthority } from "../tls/certificate-authority";
import type { ReverseProxy } from "./reverse-proxy";

/** A server on another machine, or on the proxy's own. */
export interface Server {
  /** The machine: a `Vm` or a `Host`. */
  host?: { readonly address: string };
  /** Its IP address, instead of `host`. */
  address?: string;
  /** TCP port, 1-65535. */
  port: number;
}

/** A server that speaks HTTP. */
export interface Upstream extends Server {
  /**
   * Speak TLS to it. `true`: encrypted, but nobody checks who answers. With `caFile`, a file of certificates on the
   * proxy, its certificate is verified for `serverName` (default: the site's host name). Default: plain HTTP.
   */
  tls?: boolean | { serverName?: string; caFile?: string };
}

/** Arguments of `ProxiedSite`. Exactly one of `upstream`, `passthrough` and static files (`files`, `root`) is given. */
export interface ProxiedSiteArgs {
  /** The proxy that serves it. */
  proxy: ReverseProxy;
  /** Full name that people open, such as `wiki.home.arpa`. A change replaces the site. */
  hostname: string;
  /** Further full names for the same site. Default none. */
  aliases?: string[];
  /** End TLS at the proxy and send requests there. */
  upstream?: Upstream;
  /** Pass TLS through to there untouched: that server has the certificate. */
  passthrough?: Server;
  /** Files of a static site, content by path: `{ "index.html": "..." }`. They are put into `root`. */
  files?: Record<string, pulumi.Input<string>>;
  /** Folder of a static site on the proxy's machine. Default with `files`: `/srv/www/` and the host name. */
  root?: string;
  /** Largest request body in MiB; 0 is without bound. Default 100. */
  maxBodyMiB?: number;
  /** Seconds that an upstream may stay silent, also on a websocket. Default 60. */
  timeoutSeconds?: number;
  /** Let connections become websockets. Default true. */
  websockets?: boolean;
  /** Authority for its certificate. Default: the proxy's. */
  certificates?: CertificateAuthority;
  /** Zone that gets its names, or `false` for none. Default: the proxy's zone that the names lie in. */
  dns?: DnsZone | false;
  /** Further directives of the site in the proxy's own language; a list is one directive with several arguments. */
  settings?: Record<string, string | string[]>;
}
