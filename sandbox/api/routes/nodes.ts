import { omit } from "../omit";
import { cpus, freemem, loadavg, release, totalmem, uptime } from "node:os";
import { badParameters } from "../api-error";
import type { PveNode } from "../node";
import { digestOf } from "../guests/config-file";
import { VERSION } from "../version";
import { index, type Call, type Route } from "./call";

const NODE = "/nodes/{node}";

const FOLDERS = [
  "aplinfo",
  "apt",
  "capabilities",
  "ceph",
  "certificates",
  "config",
  "disks",
  "dns",
  "firewall",
  "hardware",
  "hosts",
  "journal",
  "lxc",
  "migrateall",
  "netstat",
  "network",
  "qemu",
  "query-oci-repo-tags",
  "query-url-metadata",
  "replication",
  "report",
  "rrd",
  "rrddata",
  "scan",
  "sdn",
  "services",
  "spiceshell",
  "startall",
  "status",
  "stopall",
  "storage",
  "subscription",
  "suspendall",
  "syslog",
  "tasks",
  "termproxy",
  "time",
  "version",
  "vncshell",
  "vzdump",
  "wakeonlan",
];

/** The host's own figures. */
export function nodeFigures(node: PveNode): Record<string, number> {
  const { total, used } = node.storages.space();
  return {
    cpu: 0,
    maxcpu: cpus().length,
    mem: totalmem() - freemem(),
    maxmem: totalmem(),
    disk: used,
    maxdisk: total,
    uptime: Math.floor(uptime()),
  };
}

function list({ node, who }: Call): unknown {
  const maySee = node.permissions.has(who, `/nodes/${node.name}`, ["Sys.Audit"]);
  return [
    {
      id: `node/${node.name}`,
      node: node.name,
      type: "node",
      status: "online",
      level: "",
      ssl_fingerprint: node.certificateFingerprint,
      ...(maySee && nodeFigures(node)),
    },
  ];
}

function status({ node }: Call): unknown {
  const [one, five, fifteen] = loadavg().map((load) => load.toFixed(2));
  const { total, used, avail } = node.storages.space();
  const [first] = cpus();
  const count = cpus().length;
  return {
    uptime: Math.floor(uptime()),
    loadavg: [one, five, fifteen],
    cpu: 0,
    wait: 0,
    idle: 0,
    memory: {
      total: totalmem(),
      used: totalmem() - freemem(),
      free: freemem(),
      available: freemem(),
    },
    swap: { total: 0, used: 0, free: 0 },
    rootfs: { total, used, avail, free: total - used },
    cpuinfo: {
      cpus: count,
      cores: count,
      sockets: 1,
      model: first?.model ?? "",
      mhz: String(first?.speed ?? 0),
      user_hz: 100,
      hvm: "1",
      flags: "",
    },
    ksm: { shared: 0 },
    kversion: `Linux ${release()}`,
    "current-kernel": { sysname: "Linux", release: release(), version: "", machine: "x86_64" },
    "boot-info": { mode: "legacy-bios" },
    pveversion: `pve-manager/${VERSION.version}/${VERSION.repoid}`,
  };
}

function interfaces({ network, bridge }: PveNode): Record<string, unknown>[] {
  const { address, prefix, gateway } = network;
  return [
    {
      iface: bridge,
      type: "bridge",
      active: 1,
      autostart: 1,
      method: "static",
      method6: "manual",
      families: ["inet"],
      address,
      netmask: String(prefix),
      cidr: `${address}/${String(prefix)}`,
      gateway,
      bridge_ports: "eno1",
      bridge_stp: "off",
      bridge_fd: "0",
      priority: 4,
    },
    {
      iface: "eno1",
      type: "eth",
      active: 1,
      method: "manual",
      method6: "manual",
      families: ["inet"],
      priority: 3,
    },
  ];
}

function listInterfaces({ node, who, ...call }: Call): unknown {
  const type = call.parameters.type;
  const mayUse = (iface: unknown): boolean =>
    iface !== node.bridge ||
    node.permissions.has(
      who,
      `/sdn/zones/localnetwork/${node.bridge}`,
      ["SDN.Audit", "SDN.Use"],
      true,
    );
  const isWanted = (found: string): boolean =>
    type === undefined || found === type || (type === "any_bridge" && found === "bridge");
  return interfaces(node).filter((entry) => isWanted(String(entry.type)) && mayUse(entry.iface));
}

function oneInterface(call: Call): unknown {
  const found = interfaces(call.node).find(({ iface }) => iface === call.text("iface"));
  if (found === undefined) throw badParameters({ iface: "interface does not exist" });
  return omit(found, "iface");
}

function dns({ node }: Call): unknown {
  const [dns1, dns2, dns3] = node.dns.servers;
  const { search } = node.dns;
  return {
    ...(dns1 !== undefined && { dns1 }),
    ...(dns2 !== undefined && { dns2 }),
    ...(dns3 !== undefined && { dns3 }),
    ...(search !== undefined && { search }),
  };
}

const hosts = ({ node }: Call): unknown => {
  const names =
    node.dns.search === undefined ? node.name : `${node.name}.${node.dns.search} ${node.name}`;
  const data = `127.0.0.1 localhost.localdomain localhost\n${node.network.address} ${names}\n`;
  return { data, digest: digestOf(data) };
};

const time = (): unknown => {
  const now = Math.floor(Date.now() / 1000);
  return { time: now, localtime: now - new Date().getTimezoneOffset() * 60, timezone: "Etc/UTC" };
};

export const nodeRoutes: Route[] = [
  { method: "GET", path: "/nodes", handler: list },
  index(NODE, "name", FOLDERS),
  { method: "GET", path: `${NODE}/version`, handler: () => VERSION },
  { method: "GET", path: `${NODE}/status`, handler: status },
  { method: "GET", path: `${NODE}/network`, handler: listInterfaces },
  { method: "GET", path: `${NODE}/network/{iface}`, handler: oneInterface },
  { method: "GET", path: `${NODE}/dns`, handler: dns },
  { method: "GET", path: `${NODE}/hosts`, handler: hosts },
  { method: "GET", path: `${NODE}/time`, handler: time },
  { method: "GET", path: `${NODE}/config`, handler: () => ({}) },
  { method: "GET", path: `${NODE}/hardware/usb`, handler: () => [] },
  { method: "GET", path: `${NODE}/hardware/pci`, handler: () => [] },
  { method: "GET", path: `${NODE}/disks/list`, handler: () => [] },
  { method: "GET", path: `${NODE}/services`, handler: () => [] },
];
