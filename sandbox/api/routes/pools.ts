import { omit } from "../omit";
import { failure } from "../api-error";
import { guestResource, storageResource } from "../cluster-resources";
import { splitList } from "../guests/option-values";
import type { Pool } from "../access/access-store";
import type { Call, Route } from "./call";

const poolsOf = (call: Call): Record<string, Pool> => call.node.access.value.pools;

function existing(call: Call, prefix = ""): Pool {
  const id = call.text("poolid");
  const pool = poolsOf(call)[id];
  if (pool === undefined) throw failure(`${prefix}pool '${id}' does not exist`);
  return pool;
}

function members(call: Call, pool: Pool, type?: string): unknown[] {
  const { node } = call;
  const guests = pool.vms
    .filter((vmid) => node.guests.typeOf(vmid) !== undefined)
    .map((vmid) => guestResource(node, vmid));
  const storages = pool.storage
    .filter((id) => node.storages.has(id))
    .map((id) => storageResource(node, id));
  return [...guests, ...storages]
    .map((member) => omit(member, "pool"))
    .filter((member) => type === undefined || (member as Record<string, unknown>).type === type);
}

function list(call: Call): unknown {
  const only = call.optional("poolid");
  const { node, who } = call;
  if (only !== undefined) {
    const pool = existing(call);
    return [
      { poolid: only, ...comment(pool), members: members(call, pool, call.optional("type")) },
    ];
  }
  return Object.entries(poolsOf(call))
    .filter(([id]) => node.permissions.has(who, `/pool/${id}`, ["Pool.Audit"]))
    .map(([poolid, pool]) => ({ poolid, ...comment(pool), ...parentOf(poolid) }));
}

const comment = (pool: Pool): { comment?: string } =>
  pool.comment === undefined ? {} : { comment: pool.comment };
const parentOf = (poolid: string): { parent?: string } =>
  poolid.includes("/") ? { parent: poolid.replace(/\/[^/]+$/, "") } : {};

function create(call: Call): null {
  const id = call.text("poolid");
  const pools = poolsOf(call);
  if (pools[id] !== undefined) throw failure(`create pool failed: pool '${id}' already exists`);
  const { parent } = parentOf(id);
  if (parent !== undefined && pools[parent] === undefined)
    throw failure(`create pool failed: parent '${parent}' of pool '${id}' does not exist`);
  pools[id] = {
    vms: [],
    storage: [],
    ...comment({ comment: call.optional("comment"), vms: [], storage: [] }),
  };
  call.node.access.save();
  return null;
}

function update(call: Call): null {
  const pool = existing(call, "update pools failed: ");
  const id = call.text("poolid");
  const newComment = call.optional("comment");
  const isRemoval = call.flag("delete");
  for (const vmid of splitList(call.optional("vms") ?? "").map(Number)) {
    if (isRemoval) {
      if (!pool.vms.includes(vmid))
        throw failure(`update pools failed: VM ${String(vmid)} is not a pool member`);
      pool.vms = pool.vms.filter((member) => member !== vmid);
      continue;
    }
    addGuest(call, id, vmid);
  }
  for (const storage of splitList(call.optional("storage") ?? "")) {
    if (isRemoval) pool.storage = pool.storage.filter((member) => member !== storage);
    else if (!pool.storage.includes(storage)) pool.storage.push(storage);
  }
  if (newComment !== undefined) pool.comment = newComment;
  call.node.access.save();
  return null;
}

function addGuest(call: Call, id: string, vmid: number): void {
  if (call.node.guests.typeOf(vmid) === undefined)
    throw failure(`update pools failed: no such VM '${String(vmid)}'`);
  const pools = poolsOf(call);
  const owner = Object.entries(pools).find(([, { vms }]) => vms.includes(vmid));
  if (owner !== undefined) {
    const isMove = owner[0] !== id && call.flag("allow-move");
    if (!isMove)
      throw failure(
        `update pools failed: VM ${String(vmid)} belongs already to pool '${owner[0]}' and 'allow-move' is not set`,
      );
    owner[1].vms = owner[1].vms.filter((member) => member !== vmid);
  }
  pools[id]?.vms.push(vmid);
}

function remove(call: Call): null {
  const pool = existing(call, "delete pool failed: ");
  const id = call.text("poolid");
  const refuse = (what: string): Error =>
    failure(`delete pool failed: pool '${id}' is not empty (contains ${what})`);
  const child = Object.keys(poolsOf(call)).find((name) => name.startsWith(`${id}/`));
  if (child !== undefined) throw refuse(`pool '${child}'`);
  if (pool.vms.length > 0) throw refuse(`VM ${String(pool.vms[0])}`);
  if (pool.storage.length > 0) throw refuse(`storage '${String(pool.storage[0])}'`);
  Reflect.deleteProperty(poolsOf(call), id);
  const access = call.node.access.value;
  access.acl = access.acl.filter(({ path }) => path !== `/pool/${id}`);
  call.node.access.save();
  return null;
}

function read(call: Call): unknown {
  const pool = existing(call);
  return {
    poolid: call.text("poolid"),
    ...comment(pool),
    members: members(call, pool, call.optional("type")),
  };
}

export const poolRoutes: Route[] = [
  { method: "GET", path: "/pools", handler: list },
  { method: "POST", path: "/pools", handler: create },
  { method: "PUT", path: "/pools", handler: update },
  { method: "DELETE", path: "/pools", handler: remove },
  { method: "GET", path: "/pools/{poolid}", handler: read },
  { method: "PUT", path: "/pools/{poolid}", handler: update },
  { method: "DELETE", path: "/pools/{poolid}", handler: remove },
];
