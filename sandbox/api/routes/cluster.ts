import { omit } from "../omit";
import { badParameters } from "../api-error";
import { digestOf } from "../guests/config-file";
import { splitList } from "../guests/option-values";
import { splitPropertyString } from "../parameters/property-string";
import { guestResources, nodeResource, storageResources } from "../cluster-resources";
import { listEntry, maySeeTask } from "./tasks";
import { index, type Call, type Route } from "./call";

const FOLDERS = [
  "acme",
  "backup",
  "backup-info",
  "bulk-action",
  "ceph",
  "config",
  "firewall",
  "ha",
  "jobs",
  "log",
  "mapping",
  "metrics",
  "notifications",
  "nextid",
  "options",
  "qemu",
  "replication",
  "resources",
  "status",
  "tasks",
  "sdn",
];
const FIRST_VMID = 100;
const LAST_VMID = 1_000_000;

/** `key=value,...` with free keys. */
const pairs = (text: string): Record<string, string> => splitPropertyString(text, {});

function nextId({ node, ...call }: Call): string {
  const asked = call.parameters.vmid;
  if (typeof asked === "string") {
    if (node.guests.typeOf(Number(asked)) !== undefined)
      throw badParameters({ vmid: `VM ${asked} already exists` });
    return asked;
  }
  const range = pairs(node.datacenter.value["next-id"] ?? "");
  const taken = new Set(node.guests.list().map(({ vmid }) => vmid));
  let id = Number(range.lower ?? FIRST_VMID);
  const last = Number(range.upper ?? LAST_VMID);
  while (taken.has(id)) id++;
  if (id >= last)
    throw badParameters({
      vmid: `unable to get any free VMID in range [${String(range.lower ?? FIRST_VMID)}, ${String(last)}]`,
    });
  return String(id);
}

function resources(call: Call): unknown {
  const { node, who } = call;
  const type = call.optional("type");
  const wants = (name: string): boolean => type === undefined || type === name;
  const zone = {
    id: `network/${node.name}/zone/localnetwork`,
    type: "network",
    "network-type": "zone",
    network: "localnetwork",
    node: node.name,
    status: "ok",
  };
  return [
    ...(wants("vm") ? guestResources(node, who) : []),
    ...(wants("node") ? [nodeResource(node, who)] : []),
    ...(wants("storage") ? storageResources(node, who) : []),
    ...(wants("sdn") && node.permissions.has(who, "/sdn/zones/localnetwork", ["SDN.Audit"])
      ? [zone]
      : []),
  ];
}

const status = ({ node }: Call): unknown => [
  {
    id: `node/${node.name}`,
    type: "node",
    name: node.name,
    ip: node.network.address,
    level: "",
    local: 1,
    nodeid: 0,
    online: 1,
  },
];

/** Options of the datacenter that are property strings in the file and objects in answers. */
const OBJECTS = new Set([
  "next-id",
  "migration",
  "ha",
  "crs",
  "tag-style",
  "user-tag-access",
  "bwlimit",
  "notify",
]);

function options({ node, who }: Call): unknown {
  const tags = node.guests
    .list()
    .filter(({ vmid }) => node.permissions.has(who, `/vms/${String(vmid)}`, ["VM.Audit"]))
    .flatMap((entry) => splitList(node.guests.load(entry).options.tags ?? ""));
  const allowed = { "allowed-tags": [...new Set(tags)].sort() };
  if (!node.permissions.has(who, "/", ["Sys.Audit"])) return allowed;
  const { description = "", ...rest } = node.datacenter.value;
  const shown = Object.entries(rest).map(([key, value]) => [
    key,
    OBJECTS.has(key) ? pairs(value) : value,
  ]);
  return {
    mac_prefix: "BC:24:11",
    ...(Object.fromEntries(shown) as Record<string, unknown>),
    ...allowed,
    description:
      description === "" || description.endsWith("\n") ? description : `${description}\n`,
  };
}

function setOptions(call: Call): null {
  const { datacenter } = call.node;
  for (const key of splitList(call.optional("delete") ?? ""))
    Reflect.deleteProperty(datacenter.value, key);
  Object.assign(datacenter.value, call.without("delete"));
  datacenter.save();
  return null;
}

const tasks = (call: Call): unknown =>
  [...call.node.tasks.active(), ...call.node.tasks.archive()]
    .filter((task) => maySeeTask(call, task))
    .slice(0, 25)
    .map((task) => ({ ...omit(listEntry(task), "pid", "pstart"), saved: "1" }));

const log = ({ node }: Call): unknown => [
  {
    id: `1:${node.name}`,
    uid: "1",
    node: node.name,
    pid: process.pid,
    pri: 6,
    tag: "cluster",
    user: "root",
    time: Math.floor(node.startedAt / 1000),
    msg: "starting cluster log",
  },
];

const highAvailability = ({ node }: Call): unknown => [
  { id: "quorum", node: node.name, type: "quorum", status: "OK", quorate: 1 },
  {
    id: "fencing",
    node: node.name,
    type: "fencing",
    status: "standby (CRM watchdog standby)",
    "armed-state": "standby",
  },
];

const empty = (path: string, answer: unknown = []): Route => ({
  method: "GET",
  path,
  handler: () => answer,
});

export const clusterRoutes: Route[] = [
  index("/cluster", "name", FOLDERS),
  { method: "GET", path: "/cluster/nextid", handler: nextId },
  { method: "GET", path: "/cluster/resources", handler: resources },
  { method: "GET", path: "/cluster/status", handler: status },
  { method: "GET", path: "/cluster/options", handler: options },
  { method: "PUT", path: "/cluster/options", handler: setOptions },
  { method: "GET", path: "/cluster/tasks", handler: tasks },
  { method: "GET", path: "/cluster/log", handler: log },
  { method: "GET", path: "/cluster/ha/status/current", handler: highAvailability },
  empty("/cluster/ha/resources"),
  empty("/cluster/config/nodes"),
  empty("/cluster/firewall/options", { digest: digestOf("") }),
  empty("/cluster/replication"),
  empty("/cluster/backup"),
  index("/cluster/jobs", "subdir", ["schedule-analyze", "realm-sync"]),
  empty("/cluster/mapping/dir"),
  empty("/cluster/mapping/pci"),
  empty("/cluster/mapping/usb"),
  index("/cluster/mapping", "name", ["dir", "pci", "usb"]),
  index("/cluster/sdn", "id", ["vnets", "zones", "controllers", "ipams", "dns", "fabrics"]),
];
