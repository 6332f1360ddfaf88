/** Proxmox Server Solutions' own prefix (IEEE OUI BC:24:11), from which Proxmox takes its generated addresses. */
const PREFIX = "BC:24:11";

/**
 * The MAC address of the machine with this IPv4 address: the prefix and the last three octets. A machine made anew at an
 * address is then found at once; with another MAC, neighbours remember the old one for up to half a minute.
 */
export function macAddressFor(ipv4: string): string {
  const octets = ipv4.split(".").slice(1);
  return [PREFIX, ...octets.map((octet) => Number(octet).toString(16).padStart(2, "0"))]
    .join(":")
    .toUpperCase();
}
