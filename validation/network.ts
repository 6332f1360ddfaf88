import * as ipaddr from "ipaddr.js";
import type { Checker } from "./checker";
import { canonicalIP, checkIP, checkIPv4, ipVersion, nibbles } from "./ip-address";

function split(value: unknown): { address: string; prefix: number } | undefined {
  const match = typeof value === "string" ? /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(value) : null;
  if (!match) return undefined;
  const [, address, length] = match as unknown as [string, string, string];
  const prefix = Number(length);
  if (checkIP(address) !== undefined) return undefined;
  return prefix <= (ipVersion(address) === 4 ? 32 : 128) ? { address, prefix } : undefined;
}

function networkAddress(cidr: string): string {
  return ipVersion(cidr) === 4
    ? ipaddr.IPv4.networkAddressFromCIDR(cidr).toString()
    : ipaddr.IPv6.networkAddressFromCIDR(cidr).toRFC5952String();
}

/** A network in CIDR notation, without host bits: 10.77.0.0/24, fd00:77::/64. */
export const checkNetwork: Checker = (value) => {
  const parts = split(value);
  if (!parts) return "use a network such as 10.77.0.0/24";
  const first = networkAddress(value as string);
  return canonicalIP(parts.address) === first
    ? undefined
    : `use the network's first address: ${first}/${parts.prefix}`;
};

/** An address with the prefix length of its network, as an interface has it: 10.77.0.53/24. IPv4 only. */
export const checkInterfaceAddress: Checker = (value) => {
  const parts = split(value);
  if (!parts || checkIPv4(parts.address) !== undefined)
    return "use an IPv4 address with its prefix length, such as 10.77.0.53/24";
  if (parts.prefix < 8 || parts.prefix > 31) return "use a prefix length of 8-31, such as /24";
  if (parts.prefix === 31) return undefined;
  if (parts.address === networkAddress(value as string))
    return "use the address of a host: this is the network's own";
  if (parts.address === ipaddr.IPv4.broadcastAddressFromCIDR(value as string).toString())
    return "use the address of a host: this is the network's broadcast address";
  return undefined;
};

/** Address and prefix length of what passed one of the checkers here. */
export function parseNetwork(cidr: string): { address: string; prefix: number } {
  const parts = split(cidr);
  if (!parts) throw new Error(`${JSON.stringify(cidr)} is not in CIDR notation`);
  return parts;
}

/** Whether a network or interface address covers `address`. */
export function networkContains(cidr: string, address: string): boolean {
  if (ipVersion(cidr) !== ipVersion(address)) return false;
  return ipaddr.parse(address).match(ipaddr.parseCIDR(cidr));
}

/** What is left of an IPv4 interface address without its network: 53 of 10.77.0.53/24. */
export function hostNumber(cidr: string): number {
  const number = (address: string) =>
    ipaddr.IPv4.parse(address).octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return number(parseNetwork(cidr).address) - number(networkAddress(cidr));
}

/** A network whose reverse zone starts at a dot: IPv4 /8, /16, /24; IPv6 at every fourth bit. */
export const checkReverseNetwork: Checker = (value) => {
  const fix = checkNetwork(value);
  if (fix !== undefined) return fix;
  const { address, prefix } = parseNetwork(value as string);
  if (ipVersion(address) === 6)
    return prefix >= 4 && prefix <= 124 && prefix % 4 === 0
      ? undefined
      : "use an IPv6 prefix length that is a multiple of 4, from /4 to /124";
  if (prefix === 8 || prefix === 16 || prefix === 24) return undefined;
  const boundary = prefix < 8 ? 8 : prefix < 16 ? 16 : 24;
  if (prefix > 24)
    return `use the whole /24 (${networkAddress(`${address}/24`)}/24): smaller networks have no zone of their own`;
  const count = 2 ** (boundary - prefix);
  return `use /8, /16 or /24: this one is ${count} networks of /${boundary}, list those you need, from ${address}/${boundary} on`;
};

/** The name of the zone for a network that passed `checkReverseNetwork`, without the dot at the end. */
export function reverseZoneName(cidr: string): string {
  const { address, prefix } = parseNetwork(cidr);
  const bytes = ipaddr.parse(address).toByteArray();
  return ipVersion(address) === 4
    ? `${bytes
        .slice(0, prefix / 8)
        .reverse()
        .join(".")}.in-addr.arpa`
    : `${nibbles(bytes)
        .slice(0, prefix / 4)
        .reverse()
        .join(".")}.ip6.arpa`;
}
