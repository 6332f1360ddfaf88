import type { Options } from "../guests/config-file";
import { parseNet } from "../qemu/networks";

/** Name service of a guest that has none of its own: the node's. */
export interface HostDns {
  servers: string[];
  search?: string;
}

interface Card {
  name: string;
  mac: string;
  ip: Partial<Record<"ip" | "gw" | "ip6" | "gw6", string>>;
}

/** The guest's cards that have an `ipconfigN`. */
function cards(options: Options): Card[] {
  return Array.from({ length: 32 }, (_, n) => n).flatMap((n) => {
    const [net, ip] = [options[`net${String(n)}`], options[`ipconfig${String(n)}`]];
    if (net === undefined || ip === undefined) return [];
    const pairs = ip.split(",").map((pair) => pair.split("=") as [string, string]);
    const mac = (parseNet("net0", net).macaddr ?? "").toLowerCase();
    return [{ name: `eth${String(n)}`, mac, ip: Object.fromEntries(pairs) }];
  });
}

function netmask(prefix: number): string {
  const bits = "1".repeat(prefix).padEnd(32, "0");
  return [0, 8, 16, 24].map((at) => String(parseInt(bits.slice(at, at + 8), 2))).join(".");
}

const split = (cidr: string): [string, number] => {
  const [address = "", prefix = ""] = cidr.split("/");
  return [address, Number(prefix)];
};

function nameService(options: Options, host: HostDns): { servers: string[]; search: string[] } {
  const own = (options.nameserver ?? "").split(/[\s,;]+/).filter((server) => server !== "");
  const search = options.searchdomain ?? host.search;
  return {
    servers: own.length > 0 ? own : host.servers,
    search: search === undefined || search === "" ? [] : search.split(/\s+/),
  };
}

function subnetLines({ ip }: Card): string[] {
  const lines: string[] = [];
  if (ip.ip === "dhcp") lines.push("      - type: dhcp4");
  else if (ip.ip !== undefined) {
    const [address, prefix] = split(ip.ip);
    lines.push(
      "      - type: static",
      `        address: '${address}'`,
      `        netmask: '${netmask(prefix)}'`,
    );
    if (ip.gw !== undefined) lines.push(`        gateway: '${ip.gw}'`);
  }
  if (ip.ip6 === "dhcp") lines.push("      - type: dhcp6");
  else if (ip.ip6 === "auto") lines.push("      - type: ipv6_slaac");
  else if (ip.ip6 !== undefined) {
    lines.push("      - type: static6", `        address: '${ip.ip6}'`);
    if (ip.gw6 !== undefined) lines.push(`        gateway: '${ip.gw6}'`);
  }
  return lines;
}

/** Renders the network configuration, version 1, of the NoCloud data source. */
export function renderNetworkConfig(options: Options, host: HostDns): string {
  const lines = ["version: 1", "config:"];
  for (const card of cards(options)) {
    lines.push(
      "    - type: physical",
      `      name: ${card.name}`,
      `      mac_address: '${card.mac}'`,
    );
    lines.push("      subnets:", ...subnetLines(card));
  }
  const { servers, search } = nameService(options, host);
  if (servers.length > 0 || search.length > 0) {
    lines.push("    - type: nameserver");
    if (servers.length > 0)
      lines.push("      address:", ...servers.map((server) => `      - '${server}'`));
    if (search.length > 0)
      lines.push("      search:", ...search.map((domain) => `      - '${domain}'`));
  }
  return `${lines.join("\n")}\n`;
}

/** Renders `/etc/network/interfaces`, which the data source ConfigDrive takes. */
export function renderInterfaces(options: Options, host: HostDns): string {
  const { servers, search } = nameService(options, host);
  const lines = ["auto lo", "iface lo inet loopback", ""];
  if (servers.length > 0) lines.push(`        dns_nameservers ${servers.join(" ")}`);
  if (search.length > 0) lines.push(`        dns_search ${search.join(" ")}`);
  for (const { name, ip } of cards(options)) {
    lines.push(`auto ${name}`);
    if (ip.ip === "dhcp") lines.push(`iface ${name} inet dhcp`);
    else if (ip.ip !== undefined) {
      const [address, prefix] = split(ip.ip);
      lines.push(
        `iface ${name} inet static`,
        `        address ${address}`,
        `        netmask ${netmask(prefix)}`,
      );
      if (ip.gw !== undefined) lines.push(`        gateway ${ip.gw}`);
    }
    if (ip.ip6 === "dhcp" || ip.ip6 === "auto") lines.push(`iface ${name} inet6 ${ip.ip6}`);
    else if (ip.ip6 !== undefined) {
      const [address, prefix] = split(ip.ip6);
      lines.push(
        `iface ${name} inet6 static`,
        `        address ${address}`,
        `        netmask ${String(prefix)}`,
      );
      if (ip.gw6 !== undefined) lines.push(`        gateway ${ip.gw6}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
