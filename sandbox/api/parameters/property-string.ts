import type { PropertySchema, PropertySchemas } from "../schema/property-schema";

/** A value that is not in the syntax of its format; the message is Proxmox VE's. */
export class FormatError extends Error {}

export type Properties = Record<string, string>;

interface Place {
  key: string;
  schema: PropertySchema;
}

function follow(schemas: PropertySchemas, key: string): Place | undefined {
  let schema = schemas[key];
  while (schema?.alias !== undefined) {
    key = schema.alias;
    schema = schemas[key];
  }
  return schema === undefined ? undefined : { key, schema };
}

/**
 * Splits `vol,discard=on,size=4G` or `virtio=MAC,bridge=vmbr0` into its keys. Checks the syntax only; unknown keys are kept,
 * so that they are reported together with other errors.
 */
export function splitPropertyString(text: string, schemas: PropertySchemas): Properties {
  const found: Properties = {};
  const put = (key: string, value: string): void => {
    if (Object.hasOwn(found, key))
      throw new FormatError(`duplicate key in comma-separated list property: ${key}\n`);
    found[key] = value;
  };
  for (const part of text.split(",")) {
    if (/^\s*$/.test(part)) continue;
    const pair = /^([^=]+)=(.+)$/s.exec(part);
    if (pair !== null) {
      const [, key, value] = pair as unknown as [string, string, string];
      const keyAlias = schemas[key]?.keyAlias;
      if (keyAlias !== undefined) put(keyAlias, key);
      put(follow(schemas, key)?.key ?? key, value);
    } else if (part.includes("=")) {
      throw new FormatError("missing key in comma-separated list property\n");
    } else {
      const place = Object.entries(schemas).find(([, schema]) => schema.default_key);
      if (place === undefined)
        throw new FormatError("value without key, but schema does not define a default key\n");
      put(place[0], part);
    }
  }
  return found;
}

/** The text that Proxmox VE keeps: the default key's value, what is required, then the rest; sorted by key. */
export function printPropertyString(properties: Properties, schemas: PropertySchemas): string {
  const rest = { ...properties };
  const parts: string[] = [];
  const [defaultKey] = Object.entries(schemas).find(([, schema]) => schema.default_key) ?? [];
  const main = defaultKey === undefined ? undefined : rest[defaultKey];
  if (defaultKey !== undefined && main !== undefined) {
    const alias = schemas[main];
    const aliased = alias?.keyAlias === defaultKey ? alias.alias : undefined;
    if (aliased !== undefined && rest[aliased] !== undefined) {
      parts.push(`${main}=${rest[aliased]}`);
      Reflect.deleteProperty(rest, aliased);
    } else {
      parts.push(main);
    }
    Reflect.deleteProperty(rest, defaultKey);
  }
  const isOptional = (key: string): boolean => !schemas[key] || Boolean(schemas[key].optional);
  const keys = Object.keys(rest).sort();
  const ordered = [...keys.filter((key) => !isOptional(key)), ...keys.filter(isOptional)];
  for (const key of ordered) parts.push(`${key}=${rest[key] ?? ""}`);
  return parts.join(",");
}
