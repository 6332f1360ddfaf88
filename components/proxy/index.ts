/** Reverse proxies and their sites. */
export { NginxProxy } from "./nginx-proxy";
export type { NginxProxyArgs } from "./nginx-proxy";
export { ProxiedSite } from "./proxied-site";
export type { ProxiedSiteArgs, Server, Upstream } from "./proxied-site-args";
export type { ReverseProxy, ReverseProxyHandle, SiteSpec, UpstreamSpec } from "./reverse-proxy";
export type { NginxProxyHandle } from "./nginx-sites";
export { reverseProxyFromHandle } from "./reverse-proxy-from-handle";
