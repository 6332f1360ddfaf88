import { omit } from "../omit";
import { failure } from "../api-error";
import { checkLock } from "../guests/guest-store";
import type { GuestConfig, Options } from "../guests/config-file";
import type { Call } from "../routes/call";
import { answerOptions } from "./config-answer";
import { drivesOf, hasVolume, isCdrom } from "./drives";

/*
 * Snapshots of a stopped guest: its configuration, and a copy of each of its disks under a name of its own.
 */

const entryOf = (vmid: number) => ({ vmid, type: "qemu" }) as const;
const META = new Set([
  "snaptime",
  "parent",
  "vmstate",
  "runningmachine",
  "runningcpu",
  "description",
  "snapstate",
]);

const found = (config: GuestConfig, name: string): Options => {
  const snapshot = config.snapshots[name];
  if (snapshot === undefined) throw failure(`snapshot '${name}' does not exist`);
  return snapshot;
};

/** Disks that a snapshot keeps. */
const disks = (options: Options): string[] =>
  drivesOf(options)
    .filter(({ drive }) => hasVolume(drive) && !isCdrom(drive) && !drive.file.startsWith("/"))
    .map(({ drive }) => drive.file);

export function list(call: Call): unknown {
  const config = call.node.guests.load(entryOf(call.vmid));
  const entries = Object.entries(config.snapshots).map(([name, options]) => ({
    name,
    description: options.description ?? "",
    snaptime: Number(options.snaptime),
    vmstate: 0,
    ...(options.parent !== undefined && { parent: options.parent }),
  }));
  const current = {
    name: "current",
    description: "You are here!",
    digest: call.node.guests.digest(entryOf(call.vmid)),
    running: call.node.hypervisor.state(call.vmid) === "stopped" ? 0 : 1,
    ...(config.options.parent !== undefined && { parent: config.options.parent }),
  };
  return [...entries, current];
}

function change(call: Call, type: string, work: (config: GuestConfig) => Promise<void>): string {
  const { node, vmid } = call;
  checkLock(node.guests.load(entryOf(vmid)));
  return call.task(type, String(vmid), (task) =>
    node.locks.with(
      vmid,
      async () => {
        const config = node.guests.load(entryOf(vmid));
        checkLock(config);
        await work(config);
        node.guests.save(entryOf(vmid), config);
      },
      task.log,
    ),
  );
}

/** The volume that holds a disk's content at a snapshot. */
function keptVolume(volid: string, name: string): string {
  const [storage, path = ""] = volid.split(":") as [string, string?];
  const stored = path.split("/").slice(-2).join("/");
  return `${storage}:${stored.replace(/\.(\w+)$/, `-snap-${name}.$1`)}`;
}

export function create(call: Call): string {
  const { node, vmid } = call;
  const name = call.text("snapname");
  const config = node.guests.load(entryOf(vmid));
  if (config.snapshots[name] !== undefined) throw failure(`snapshot name '${name}' already used`);
  if (config.options.template === "1") throw failure("can't take snapshots of a template");
  if (node.hypervisor.state(vmid) !== "stopped")
    throw failure("snapshots of a running VM are not supported here");
  return change(call, "qmsnapshot", async (fresh) => {
    for (const volid of disks(fresh.options))
      await copyVolume(call, volid, keptVolume(volid, name));
    const options = omit(fresh.options, "description") as Options;
    const description = call.optional("description");
    const snaptime = String(Math.floor(Date.now() / 1000));
    fresh.snapshots[name] = {
      ...options,
      snaptime,
      ...(description !== undefined && { description }),
    };
    fresh.options.parent = name;
  });
}

async function copyVolume(call: Call, from: string, to: string): Promise<void> {
  const { volumes } = call.node;
  const record = volumes.image(from);
  if (record === undefined) throw failure(`volume '${from}' does not exist`);
  const [storage = "", stored = ""] = to.split(":");
  const { vmid, format, sizeBytes } = record;
  await volumes.remove(to);
  await volumes.clone(
    from,
    { storage, vmid, format, sizeBytes, file: stored.split("/")[1] },
    () => undefined,
    false,
  );
}

export function remove(call: Call): string {
  const name = call.text("snapname");
  found(call.node.guests.load(entryOf(call.vmid)), name);
  return change(call, "qmdelsnapshot", async (config) => {
    const snapshot = found(config, name);
    for (const volid of disks(snapshot)) await call.node.volumes.remove(keptVolume(volid, name));
    for (const options of [config.options, ...Object.values(config.snapshots)]) {
      if (options.parent !== name) continue;
      if (snapshot.parent === undefined) Reflect.deleteProperty(options, "parent");
      else options.parent = snapshot.parent;
    }
    Reflect.deleteProperty(config.snapshots, name);
  });
}

export function rollback(call: Call): string {
  const { node, vmid } = call;
  const name = call.text("snapname");
  found(node.guests.load(entryOf(vmid)), name);
  return change(call, "qmrollback", async (config) => {
    await node.hypervisor.stop(vmid);
    const snapshot = found(config, name);
    for (const volid of disks(snapshot)) await copyVolume(call, keptVolume(volid, name), volid);
    const kept = Object.entries(snapshot).filter(([key]) => !META.has(key));
    const description = config.options.description;
    config.options = {
      ...Object.fromEntries(kept),
      parent: name,
      ...(description !== undefined && { description }),
    };
    config.pending = {};
    config.pendingDelete = {};
  });
}

export function config(call: Call): unknown {
  const guest = call.node.guests.load(entryOf(call.vmid));
  return answerOptions(found(guest, call.text("snapname")), "qemu");
}

export async function describe(call: Call): Promise<null> {
  const { node, vmid } = call;
  await node.locks.with(vmid, () => {
    const guest = node.guests.load(entryOf(vmid));
    const snapshot = found(guest, call.text("snapname"));
    const description = call.optional("description");
    if (description !== undefined) snapshot.description = description;
    node.guests.save(entryOf(vmid), guest);
    return Promise.resolve();
  });
  return null;
}
