import * as ipaddr from "ipaddr.js";
import type { Checker } from "./checker";

/** ipaddr.js reads `10.1` and `0x7f000001` as inet_aton(3) does; only four decimal parts mean the same everywhere. */
const isIPv4 = (value: unknown): value is string =>
  typeof value === "string" && ipaddr.IPv4.isValidFourPartDecimal(value);

/** A zone (`%eth0`) only has a meaning on the machine that wrote it. */
const isIPv6 = (value: unknown): value is string =>
  typeof value === "string" &&
  value.includes(":") &&
  !value.includes("%") &&
  ipaddr.IPv6.isValid(value);

export const checkIPv4: Checker = (value) =>
  isIPv4(value) ? undefined : "use an IPv4 address such as 10.77.0.53";

export const checkIPv6: Checker = (value) =>
  isIPv6(value) ? undefined : "use an IPv6 address such as fd00:77::53";

export const checkIP: Checker = (value) =>
  isIPv4(value) || isIPv6(value)
    ? undefined
    : "use an IPv4 or IPv6 address such as 10.77.0.53 or fd00:77::53";

/** 4 or 6 of an address that passed `checkIP`. */
export function ipVersion(address: string): 4 | 6 {
  return address.includes(":") ? 6 : 4;
}

/** The one way to write an address: IPv6 as RFC 5952 asks. */
export function canonicalIP(address: string): string {
  return isIPv4(address) ? address : ipaddr.IPv6.parse(withoutDots(address)).toRFC5952String();
}

/** ipaddr.js takes `::10.0.0.1`, as BIND prints some addresses, for `::ffff:10.0.0.1`, which is another one. */
function withoutDots(address: string): string {
  return address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a, b, c, d] = parts.slice(0, 4).map(Number) as [number, number, number, number];
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
}

/** The name under which DNS keeps the address's PTR record, with the dot at the end. */
export function reversePointer(address: string): string {
  const parsed = ipaddr.parse(canonicalIP(address));
  return parsed.kind() === "ipv4"
    ? `${parsed.toByteArray().reverse().join(".")}.in-addr.arpa.`
    : `${nibbles(parsed.toByteArray()).reverse().join(".")}.ip6.arpa.`;
}

/** The hexadecimal digits of an IPv6 address, most significant first. */
export function nibbles(bytes: readonly number[]): string[] {
  return bytes.flatMap((byte) => [(byte >> 4).toString(16), (byte & 15).toString(16)]);
}
