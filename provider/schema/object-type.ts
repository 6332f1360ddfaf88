import type { Fields, ObjectType } from "./field";

/** Defines a named object type. */
export function objectType<const F extends Fields>(
  token: string,
  definition: Omit<ObjectType<F>, "token">,
): ObjectType<F> {
  return { token, ...definition };
}
