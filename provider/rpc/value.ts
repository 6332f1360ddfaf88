/** A value that Pulumi does not know yet: an output of something that a preview has not made. */
export const UNKNOWN = Symbol("unknown");

/** A secret value. */
export class Secret {
  constructor(readonly value: Value) {}
}

/** A file, archive or resource reference: known to Pulumi, but nothing that a kind takes. */
export class Foreign {
  constructor(readonly what: string) {}
}

/** A property value as Pulumi sends it, secrets and unknowns marked in place. */
export type Value =
  | null
  | boolean
  | number
  | string
  | typeof UNKNOWN
  | Secret
  | Foreign
  | Value[]
  | { [name: string]: Value };

/** Properties of a resource by name. */
export type Properties = Record<string, Value>;

export function isObject(value: Value | undefined): value is Properties {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret) &&
    !(value instanceof Foreign)
  );
}

/** The value without secret marks. */
export function reveal(value: Value): Value {
  if (value instanceof Secret) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (isObject(value)) return mapValues(value, reveal);
  return value;
}

/** Whether a secret is anywhere inside. */
export function hasSecret(value: Value | undefined): boolean {
  if (value instanceof Secret) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  return isObject(value) && Object.values(value).some(hasSecret);
}

/** Whether an unknown is anywhere inside. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (value instanceof Secret) return hasUnknown(value.value);
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}

/** Whether `next` marks something secret that `previous` holds in plain. */
export function marksMore(previous: Value | undefined, next: Value | undefined): boolean {
  if (previous instanceof Secret || previous === undefined) return false;
  if (next instanceof Secret) return true;
  if (Array.isArray(next)) {
    return Array.isArray(previous) && next.some((item, index) => marksMore(previous[index], item));
  }
  return (
    isObject(next) &&
    isObject(previous) &&
    Object.entries(next).some(([name, item]) => marksMore(previous[name], item))
  );
}

/** The known part of a revealed value: unknowns left out, a list with one left out whole. */
export function knownPart(value: Value): Value | undefined {
  if (value === UNKNOWN) return undefined;
  if (Array.isArray(value)) return hasUnknown(value) ? undefined : value;
  if (!isObject(value)) return value;
  const known: Properties = {};
  for (const [name, item] of Object.entries(value)) {
    const part = knownPart(item);
    if (part !== undefined) known[name] = part;
  }
  return known;
}

/** All secret strings inside, to be kept out of texts. */
export function secretTexts(value: Value | undefined, inSecret = false): string[] {
  if (value instanceof Secret) return secretTexts(value.value, true);
  if (typeof value === "string") return inSecret ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => secretTexts(item, inSecret));
  if (isObject(value)) return Object.values(value).flatMap((item) => secretTexts(item, inSecret));
  return [];
}

/** Equal by value; secret marks do not count, and nothing equals an unknown. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a instanceof Secret) return sameValue(a.value, b);
  if (b instanceof Secret) return sameValue(a, b.value);
  if (a === UNKNOWN || b === UNKNOWN) return false;
  if (Array.isArray(a)) {
    return (
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => sameValue(item, b[index]))
    );
  }
  if (isObject(a) && isObject(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].every((name) => sameValue(a[name], b[name]));
  }
  return (a ?? undefined) === (b ?? undefined);
}

export function mapValues<T, U>(object: Record<string, T>, change: (value: T, name: string) => U) {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name, change(value, name)]),
  );
}
