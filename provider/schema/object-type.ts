import type { Issue } from "../../validation/issue";
import type { Field, Fields, ValueOf } from "./field";

/** A named object type, shared by kinds: `labwright:host:HostConnection`. */
export interface ObjectType<F extends Fields = Fields> {
  readonly token: string;
  readonly doc: string;
  readonly fields: F;
  /** What is wrong with a value beyond types and bounds; values that are not known yet are left out. Pure. */
  readonly check?: (value: Readonly<Record<string, unknown>>) => Issue[];
}

/** Defines a named object type. */
export function objectType<const F extends Fields>(
  token: string,
  definition: Omit<ObjectType<F>, "token">,
): ObjectType<F> {
  return { token, ...definition };
}

type OptionalKeys<F> = {
  [K in keyof F]: F[K] extends Field<unknown, { optional: true }> ? K : never;
}[keyof F];

/** The TypeScript type of an object with these fields, defaults filled in. */
export type ValuesOf<F> = {
  -readonly [K in Exclude<keyof F, OptionalKeys<F>>]: ValueOf<F[K]>;
} & { -readonly [K in OptionalKeys<F>]?: ValueOf<F[K]> };
