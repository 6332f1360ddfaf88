import type { Identity } from "./access/permissions";
import type { PveNode } from "./node";
import { listStatus } from "./qemu/status";
import { containerStatus } from "./lxc/status";
import { nodeFigures } from "./routes/nodes";

type Resource = Record<string, unknown>;

/** The guests that somebody may see, as `cluster/resources` lists them. */
export function guestResources(node: PveNode, who: Identity): Resource[] {
  return node.guests
    .list()
    .filter(({ vmid }) => node.permissions.has(who, `/vms/${String(vmid)}`, ["VM.Audit"]))
    .map(({ vmid }) => guestResource(node, vmid));
}

export function guestResource(node: PveNode, vmid: number): Resource {
  const type = node.guests.typeOf(vmid) ?? "qemu";
  const { options } = node.guests.load({ vmid, type });
  const status =
    type === "qemu" ? listStatus(node, vmid, options) : containerStatus(node, vmid, options);
  const pool = Object.entries(node.access.value.pools).find(([, { vms }]) =>
    vms.includes(vmid),
  )?.[0];
  const {
    name,
    cpus,
    maxmem,
    mem,
    memhost = 0,
    maxdisk,
    disk,
    uptime,
    netin,
    netout,
    cpu,
    tags,
    lock,
  } = status;
  return {
    id: `${type}/${String(vmid)}`,
    type,
    vmid,
    node: node.name,
    status: status.status,
    name,
    template: status.template ?? 0,
    maxcpu: cpus,
    maxmem,
    mem,
    memhost,
    maxdisk,
    disk,
    uptime,
    cpu,
    netin,
    netout,
    diskread: 0,
    diskwrite: 0,
    ...(pool !== undefined && { pool }),
    ...(tags !== undefined && { tags }),
    ...(lock !== undefined && { lock }),
  };
}

export function nodeResource(node: PveNode, who: Identity): Resource {
  const maySee = node.permissions.has(who, `/nodes/${node.name}`, ["Sys.Audit"]);
  const figures = maySee ? { level: "", "cgroup-mode": 2, ...nodeFigures(node) } : {};
  return { id: `node/${node.name}`, type: "node", node: node.name, status: "online", ...figures };
}

export function storageResources(node: PveNode, who: Identity): Resource[] {
  const maySee = (id: string): boolean =>
    node.permissions.has(
      who,
      `/storage/${id}`,
      ["Datastore.Audit", "Datastore.AllocateSpace"],
      true,
    );
  return node.storages
    .ids()
    .filter(maySee)
    .map((id) => storageResource(node, id));
}

export function storageResource(node: PveNode, id: string): Resource {
  const { total, used } = node.storages.space();
  return {
    id: `storage/${node.name}/${id}`,
    type: "storage",
    storage: id,
    node: node.name,
    status: "available",
    plugintype: node.storages.get(id).type,
    content: node.storages.get(id).content.join(","),
    shared: 0,
    disk: used,
    maxdisk: total,
  };
}
