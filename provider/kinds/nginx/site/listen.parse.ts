import { canonicalIP, checkIP } from "../../../../validation/ip-address";

/** A socket that a site listens on. */
export interface Listening {
  /** IP address; undefined for all of the family. */
  address?: string;
  family: 4 | 6;
  port: number;
  protocol: "tcp" | "udp";
}

/**
 * The sockets in a site's `listen` directives (ngx_http_core_module, ngx_stream_core_module), as far as they are numbers.
 * Comments and quoted strings are left out.
 */
export function parseListen(config: string): Listening[] {
  const bare = config.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(^|[\s;{}])#[^\n]*/g, "$1 ");
  const found = new Map<string, Listening>();
  for (const [, socket = "", rest = ""] of bare.matchAll(
    /(?<=^|[\s;{}])listen\s+([^\s;{}]+)([^;{}]*);/g,
  )) {
    const [, host = "*", digits] = /^(?:(\*|\[[^\]]*\]|[\d.]+):)?(\d{1,5})$/.exec(socket) ?? [];
    const port = Number(digits);
    if (digits === undefined || port > 65535) continue;
    const protocol = /(^|\s)udp(\s|$)/.test(rest) ? "udp" : "tcp";
    const address = host.replace(/^\[(.*)\]$/, "$1");
    const family = address.includes(":") ? 6 : 4;
    const all = address === "*" || address === "0.0.0.0" || address === "::";
    if (!all && checkIP(address) !== undefined) continue;
    const listening: Listening = { family, port, protocol };
    if (!all) listening.address = canonicalIP(address);
    found.set(JSON.stringify(listening), listening);
  }
  return [...found.values()];
}
