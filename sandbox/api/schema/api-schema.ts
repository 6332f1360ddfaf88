import type { MethodSchema, PropertySchema, PropertySchemas } from "./property-schema";
import served from "./served-api.json";

/** The highest number of each numbered option (`scsi[n]`). Source: PVE::QemuServer and PVE::LXC::Config. */
const NUMBERED: Record<string, number> = {
  ide: 3,
  scsi: 30,
  virtio: 15,
  sata: 5,
  net: 31,
  ipconfig: 31,
  serial: 3,
  parallel: 2,
  usb: 13,
  hostpci: 15,
  numa: 7,
  virtiofs: 9,
  unused: 255,
  mp: 255,
  dev: 255,
  link: 7,
};

type Shared = Record<string, unknown>[];
const file = served as unknown as {
  shared: Shared;
  paths: Record<string, unknown>;
};

/** Puts the shared parts of the compacted file back in. */
function resolve(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolve);
  if (value === null || typeof value !== "object") return value;
  const reference = (value as { $ref?: number }).$ref;
  if (reference !== undefined) return resolve(file.shared[reference]);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
}

function expand(parameters: PropertySchemas): PropertySchemas {
  const expanded: PropertySchemas = {};
  for (const [name, schema] of Object.entries(parameters)) {
    const base = /^(\w+)\[n\]$/.exec(name)?.[1];
    if (base === undefined) expanded[name] = schema;
    else for (let n = 0; n <= (NUMBERED[base] ?? 0); n++) expanded[`${base}${String(n)}`] = schema;
  }
  return expanded;
}

const cache = new Map<string, MethodSchema>();

/** The schema of a method; undefined when the compacted file has no such path. */
export function methodSchema(path: string, method: string): MethodSchema | undefined {
  const key = `${method} ${path}`;
  const methods = cache.has(key) ? undefined : file.paths[path];
  if (methods !== undefined) {
    const schema = (resolve(methods) as Record<string, MethodSchema>)[method];
    if (schema !== undefined) cache.set(key, { ...schema, parameters: expand(schema.parameters) });
  }
  return cache.get(key);
}

/** The options of a guest's configuration, by name. */
export function configSchema(type: "qemu" | "lxc"): PropertySchemas {
  const path = `/nodes/{node}/${type}/{vmid}/config`;
  return methodSchema(path, "PUT")?.parameters ?? {};
}

/** The keys of a property string such as `scsi0` or `net0`. */
export function propertyStringSchema(type: "qemu" | "lxc", option: string): PropertySchemas {
  const format = configSchema(type)[option]?.format;
  if (format === undefined || typeof format === "string")
    throw new Error(`${option} is no property string with a schema of its own`);
  return format;
}

/** A configuration value as the API answers it: numbers where the schema says integer, number or boolean. */
export function typedValue(type: "qemu" | "lxc", option: string, value: string): string | number {
  const schema: PropertySchema | undefined = configSchema(type)[option];
  const isNumber =
    schema?.type === "integer" || schema?.type === "boolean" || option === "snaptime";
  return isNumber && /^-?\d+$/.test(value) ? Number(value) : value;
}
