/** A copy without some keys. */
export function omit<T extends object, K extends string>(object: T, ...keys: K[]): Omit<T, K> {
  const left = Object.entries(object).filter(([key]) => !(keys as string[]).includes(key));
  return Object.fromEntries(left) as Omit<T, K>;
}
