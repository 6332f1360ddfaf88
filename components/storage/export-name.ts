import { createHash } from "node:crypto";

/** What checkExportName of the kinds allows, less what the digest takes. */
const MAX = 100;

/**
 * Name of a shared directory's export file: its path with - for /. A path with other characters, and a long one, gets a
 * digest of the whole, so that two paths never meet in one name.
 */
export function exportName(path: string): string {
  const plain = path.slice(1).replace(/[^A-Za-z0-9_.]/g, "-");
  const same = `/${plain.replaceAll("-", "/")}` === path && /^[A-Za-z0-9_]/.test(plain);
  if (same && plain.length <= MAX) return plain;
  const digest = createHash("sha256").update(path).digest("hex").slice(0, 16);
  return `${plain.replace(/^[.-]+/, "").slice(0, MAX)}-${digest}`.replace(/^-/, "x-");
}
