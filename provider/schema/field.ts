import type { Issue } from "../../validation/issue";

/** What a field of a kind may be told besides its type. */
export interface FieldOptions<T = unknown> {
  /** Meaning, unit, errors and the source of any constant, as a reader of the resource class sees it. */
  doc?: string;
  /** May be left out, and is then not managed: what the host has there is left alone. */
  optional?: true;
  /** Value used when left out. State the reason in `doc` where it is not plain. */
  default?: T;
  /** Always a secret: marked in the schema, encrypted in state, never shown. */
  secret?: true;
  /** A change replaces the resource. */
  replaces?: true;
  /** Of an output: an update never changes it, so a preview may show it. Of a machine: unless `host` changes. */
  stable?: true;
  /** Of an output: secret when this input is, because the one could be guessed from the other. */
  secretWith?: string;
  /** Of an input that everybody on the host can read: a secret in it is refused, with these words on where to put it. */
  noSecret?: string;
  /** Of a required field: what to say when it is missing, where that has a reason of its own. */
  whenMissing?: string;
}

/** Types of the values in a schema, as data. */
export type FieldType =
  | { type: "text" }
  | { type: "choice"; choices: readonly string[] }
  | { type: "integer"; minimum?: number; maximum?: number }
  | { type: "flag" }
  | { type: "texts" }
  | { type: "list"; items: FieldType }
  | { type: "map"; values: FieldType }
  | { type: "object"; object: ObjectType };

declare const value: unique symbol;

/** One field of a kind or object type. `T` is the TypeScript type of its value. */
export interface Field<T = unknown, O extends FieldOptions = FieldOptions> {
  readonly type: FieldType;
  readonly options: O;
  /** For inference only; never there at run time. */
  readonly [value]?: T;
}

/** Fields by name. */
export type Fields = Readonly<Record<string, Field>>;

/** The TypeScript type of a field's value. */
export type ValueOf<F> = F extends Field<infer T> ? T : never;

/** A named object type, shared by kinds: `labwright:host:HostConnection`. */
export interface ObjectType<F extends Fields = Fields> {
  readonly token: string;
  readonly doc: string;
  readonly fields: F;
  /** What is wrong with a value beyond types and bounds; values that are not known yet are left out. Pure. */
  readonly check?: (value: Readonly<Record<string, unknown>>) => Issue[];
  /** One spelling of fields of type text that can be written in several ways, so that they compare. Pure. */
  readonly canonical?: Readonly<Record<string, (text: string) => string>>;
}

type OptionalKeys<F> = {
  [K in keyof F]: F[K] extends Field<unknown, { optional: true }> ? K : never;
}[keyof F];

/** The TypeScript type of an object with these fields, defaults filled in. */
export type ValuesOf<F> = {
  -readonly [K in Exclude<keyof F, OptionalKeys<F>>]: ValueOf<F[K]>;
} & { -readonly [K in OptionalKeys<F>]?: ValueOf<F[K]> };

/** The same options again with literal types, so that `optional: true` is seen by the inference. */
type Exact<O> = O & Record<Exclude<keyof O, keyof FieldOptions>, never>;

function field<T, O extends FieldOptions>(type: FieldType, options?: O): Field<T, O> {
  return { type, options: options ?? ({} as O) };
}

/** A string. */
export function text<const O extends FieldOptions<string>>(options?: Exact<O>): Field<string, O> {
  return field({ type: "text" }, options as O);
}

/** One of some fixed strings. */
export function oneOf<const C extends readonly string[], const O extends FieldOptions<C[number]>>(
  choices: C,
  options?: O,
): Field<C[number], O> {
  return field({ type: "choice", choices }, options);
}

/** A whole number, optionally with bounds (inclusive). */
export function integer<
  const O extends FieldOptions<number> & { minimum?: number; maximum?: number },
>(options?: O): Field<number, O> {
  const { minimum, maximum } = options ?? ({} as O);
  return field({ type: "integer", minimum, maximum }, options);
}

/** True or false. */
export function flag<const O extends FieldOptions<boolean>>(options?: Exact<O>): Field<boolean, O> {
  return field({ type: "flag" }, options as O);
}

/** A string, or a list of strings in order: one is written without brackets, and kept as a list. */
export function texts<const O extends FieldOptions<readonly string[]>>(
  options?: O,
): Field<string[], O> {
  return field({ type: "texts" }, options);
}

/** A list, in order. */
export function list<F extends Field, const O extends FieldOptions<readonly ValueOf<F>[]>>(
  items: F,
  options?: O,
): Field<ValueOf<F>[], O> {
  return field({ type: "list", items: items.type }, options);
}

/** Values by name. */
export function map<F extends Field, const O extends FieldOptions<Record<string, ValueOf<F>>>>(
  values: F,
  options?: O,
): Field<Record<string, ValueOf<F>>, O> {
  return field({ type: "map", values: values.type }, options);
}

/** A value of an object type made with `objectType()`. */
export function object<T extends ObjectType, const O extends FieldOptions<ValuesOf<T["fields"]>>>(
  of: T,
  options?: O,
): Field<ValuesOf<T["fields"]>, O> {
  return field({ type: "object", object: of }, options);
}
