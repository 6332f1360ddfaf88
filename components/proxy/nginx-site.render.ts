import { terminateListen } from "./nginx-proxy.render";
import { nginxQuote } from "./nginx-quote";
import type { TerminatedSite, UpstreamSpec } from "./reverse-proxy";

/** A terminated site with the paths of its certificate known. */
export type NginxSiteText = Omit<TerminatedSite, "certificatePath" | "keyPath"> & {
  hostnames: readonly string[];
  certificatePath: string;
  keyPath: string;
};

type Directive = [name: string, ...args: string[]];

const line = ([name, ...args]: Directive) => `${[name, ...args.map(nginxQuote)].join(" ")};`;

/** An address as nginx writes it before a port. */
const authority = ({ address, port }: UpstreamSpec) =>
  `${address.includes(":") ? `[${address}]` : address}:${port}`;

function upstreamDirectives(site: NginxSiteText, upstream: UpstreamSpec): Directive[] {
  const { tls } = upstream;
  const seconds = `${site.timeoutSeconds}s`;
  return [
    ["proxy_pass", `${tls ? "https" : "http"}://${authority(upstream)}`],
    ["proxy_http_version", "1.1"],
    ["proxy_set_header", "Host", "$host"],
    ["proxy_set_header", "X-Real-IP", "$remote_addr"],
    // This is the lab's edge: what a client says about where it comes from is not passed on.
    ["proxy_set_header", "X-Forwarded-For", "$remote_addr"],
    ["proxy_set_header", "X-Forwarded-Proto", "https"],
    ["proxy_set_header", "X-Forwarded-Host", "$host"],
    ...((site.websockets
      ? [
          ["proxy_set_header", "Upgrade", "$http_upgrade"],
          ["proxy_set_header", "Connection", "$connection_upgrade"],
        ]
      : [["proxy_set_header", "Connection", ""]]) as Directive[]),
    ...((tls
      ? [
          ["proxy_ssl_server_name", "on"],
          ["proxy_ssl_name", tls.serverName],
          ...(tls.caFile === undefined
            ? [["proxy_ssl_verify", "off"]]
            : [
                ["proxy_ssl_verify", "on"],
                ["proxy_ssl_trusted_certificate", tls.caFile],
              ]),
        ]
      : []) as Directive[]),
    ["proxy_connect_timeout", "5s"],
    ["proxy_read_timeout", seconds],
    ["proxy_send_timeout", seconds],
  ];
}

/** Text of `/etc/nginx/conf.d/NAME.conf`. */
export function renderNginxSite(site: NginxSiteText): string {
  const { content } = site;
  const location: Directive[] =
    "root" in content
      ? [["try_files", "$uri", "$uri/", "=404"]]
      : upstreamDirectives(site, content.upstream);
  const server: string[] = [
    `listen ${terminateListen};`,
    line(["server_name", ...site.hostnames]),
    line(["ssl_certificate", site.certificatePath]),
    line(["ssl_certificate_key", site.keyPath]),
    line(["client_max_body_size", `${site.maxBodyMiB}m`]),
    ...("root" in content ? [line(["root", content.root]), line(["index", "index.html"])] : []),
    ...Object.keys(site.settings)
      .sort()
      .map((name) => line([name, ...[site.settings[name]!].flat()])),
    "",
    "location / {",
    ...location.map((directive) => `    ${line(directive)}`),
    "}",
  ];
  return `server {\n${server.map((text) => (text === "" ? "\n" : `    ${text}\n`)).join("")}}\n`;
}

/** Text of `/etc/nginx/stream.d/NAME.conf`: lines of the map from names to servers. */
export function renderNginxPassthrough(
  hostnames: readonly string[],
  upstream: UpstreamSpec,
): string {
  return hostnames.map((hostname) => `${nginxQuote(hostname)} ${authority(upstream)};\n`).join("");
}
