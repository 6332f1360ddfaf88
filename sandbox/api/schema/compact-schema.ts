import { readFileSync, writeFileSync } from "node:fs";
import { ROUTES } from "../routes";

/*
 * Makes served-api.json from the official schema of the Proxmox VE API (the `apiSchema` of Proxmox' published API viewer,
 * as one object `{path: {METHOD: {parameters, permissions, ...}}}`): only what is served, without descriptions and return
 * types, and every part that occurs twice only once.
 *
 *     node dist/sandbox/api/schema/compact-schema.js OFFICIAL.json sandbox/api/schema/served-api.json
 */

interface OfficialMethod {
  parameters?: { properties?: Record<string, unknown> };
  permissions?: unknown;
}
type Official = Record<string, Record<string, OfficialMethod>>;

const DROPPED = new Set([
  "description",
  "verbose_description",
  "title",
  "typetext",
  "format_description",
]);

function withoutProse(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutProse);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(
    ([key, inner]) => !DROPPED.has(key) || typeof inner === "object",
  );
  return Object.fromEntries(
    kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, withoutProse(inner)]),
  );
}

/** Parts longer than this that occur twice are stored once. */
const SHARED_FROM_LENGTH = 40;

function countParts(value: unknown, counts: Map<string, number>): void {
  if (value === null || typeof value !== "object") return;
  if (!Array.isArray(value)) {
    const text = JSON.stringify(value);
    counts.set(text, (counts.get(text) ?? 0) + 1);
    if (counts.get(text) === 2) return;
  }
  for (const inner of Object.values(value)) countParts(inner, counts);
}

export function compact(official: Official, served: { path: string; method: string }[]): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { path, method } of served) {
    const found = official[path]?.[method];
    if (found === undefined) continue;
    const { parameters, permissions } = found;
    (paths[path] ??= {})[method] = withoutProse({
      parameters: parameters?.properties ?? {},
      permissions,
    });
  }
  const counts = new Map<string, number>();
  countParts(paths, counts);
  const shared: unknown[] = [];
  const references = new Map<string, number>();
  const share = (value: unknown): unknown => {
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map(share);
    const text = JSON.stringify(value);
    const inner = (): unknown =>
      Object.fromEntries(Object.entries(value).map(([key, part]) => [key, share(part)]));
    if (text.length < SHARED_FROM_LENGTH || (counts.get(text) ?? 0) < 2) return inner();
    const known = references.get(text);
    if (known !== undefined) return { $ref: known };
    const compacted = inner();
    references.set(text, shared.length);
    shared.push(compacted);
    return { $ref: shared.length - 1 };
  };
  return {
    source: "Proxmox VE API schema, served paths only; made by compact-schema.ts",
    paths: share(paths),
    shared,
  };
}

if (require.main === module) {
  const [from, to] = process.argv.slice(2);
  if (from === undefined || to === undefined)
    throw new Error("usage: compact-schema OFFICIAL.json SERVED.json");
  const official = JSON.parse(readFileSync(from, "utf8")) as Official;
  writeFileSync(to, `${JSON.stringify(compact(official, ROUTES))}\n`);
}
