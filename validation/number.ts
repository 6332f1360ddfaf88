import type { Checker } from "./checker";

/** A whole number between two bounds, both included. */
export function integerBetween(min: number, max: number, hint = `use ${min}-${max}`): Checker {
  return (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : hint;
}

export const checkPort: Checker = integerBetween(1, 65535);

/** Proxmox VE's own range of ids of virtual machines and containers (`pve-vmid`). */
export const checkVmId: Checker = integerBetween(100, 999999999);

/** RFC 2181 8: a TTL is a positive number of 31 bits. */
export const checkTtl: Checker = integerBetween(
  0,
  2147483647,
  "use a number of seconds, 0-2147483647, such as 3600",
);

/** A size with a unit in the field's name (`diskGiB`, `memoryMiB`). */
export function sizeBetween(min: number, max: number, unit: string): Checker {
  return integerBetween(min, max, `use a whole number of ${unit}, ${min}-${max}`);
}

/** A time span in seconds. */
export function secondsBetween(min: number, max: number): Checker {
  return integerBetween(min, max, `use a whole number of seconds, ${min}-${max}`);
}
