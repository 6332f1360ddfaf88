import { createHash } from "node:crypto";

/** What certificates and sites may be called on a host, the shorter of the two bounds. */
const MAX = 63;

/**
 * Name of a site's files on its host: its host name. A longer one is cut, with a digest of the whole so that two long
 * names never meet.
 */
export function siteName(hostname: string): string {
  if (hostname.length <= MAX) return hostname;
  const digest = createHash("sha256").update(hostname).digest("hex").slice(0, 16);
  return `${hostname.slice(0, MAX - digest.length - 1)}-${digest}`;
}
