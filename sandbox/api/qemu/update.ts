import { badParameters, failure } from "../api-error";
import { checkLock } from "../guests/guest-store";
import type { GuestConfig } from "../guests/config-file";
import { splitList } from "../guests/option-values";
import type { Call } from "../routes/call";
import type { Log } from "../storage/volumes";
import { allocateDrive, checkDrive } from "./allocate";
import { checkBootDevices } from "./create";
import {
  bootOrder,
  DISK_KEYS,
  hasVolume,
  isCdrom,
  isCloudInit,
  isDriveKey,
  isHostPath,
  isUnusedKey,
  parseDrive,
} from "./drives";
import { checkOptionPrivileges, checkRootOnly, isConfigOption, normaliseOption } from "./options";
import { describeDisk } from "./guest";
import { isNetKey, parseNet, printNet } from "./networks";
import { applyPending, CLOUDINIT_OPTION, isLive, removeOption, replaceDrive } from "./pending";

const CONTROLS = [
  "delete",
  "revert",
  "digest",
  "force",
  "skiplock",
  "background_delay",
  "import-working-storage",
];

interface Change {
  set: Record<string, string>;
  remove: string[];
  revert: string[];
  force: boolean;
  digest?: string;
}

function readChange(call: Call, deleteList = call.optional("delete")): Change {
  if (call.flag("skiplock") && !call.isRoot)
    throw badParameters({ skiplock: "Only root may use this option." });
  const set = call.without(...CONTROLS, "idlist");
  const remove = splitList(deleteList ?? "");
  const revert = splitList(call.optional("revert") ?? "");
  const nothing = Object.keys(set).length + remove.length + revert.length === 0;
  if (nothing && deleteList === undefined) throw failure("no options specified");
  const unknown = remove.find((key) => !isConfigOption(key) && !isUnusedKey(key));
  if (unknown !== undefined) throw badParameters({ delete: `unknown option '${unknown}'` });
  const unknownRevert = revert.find((key) => !isConfigOption(key));
  if (unknownRevert !== undefined)
    throw badParameters({ revert: `unknown option '${unknownRevert}'` });
  const both = remove.find((key) => set[key] !== undefined);
  if (both !== undefined)
    throw badParameters({
      delete: `you can't use '-${both}' and -delete ${both}' at the same time`,
    });
  return { set, remove, revert, force: call.flag("force"), digest: call.optional("digest") };
}

/** What can be refused before a task is started or a lock is taken. */
function check(call: Call, change: Change): void {
  const { node, who, vmid } = call;
  const entry = { vmid, type: "qemu" } as const;
  checkOptionPrivileges(node, who, vmid, {
    ...change.set,
    ...Object.fromEntries(change.remove.map((key) => [key, ""])),
  });
  for (const [key, value] of Object.entries(change.set)) checkRootOnly(who, key, value);
  const config = node.guests.load(entry);
  node.guests.checkDigest(entry, change.digest);
  if (!call.flag("skiplock")) checkLock(config);
  for (const [key, value] of Object.entries(change.set)) {
    const known = config.pending[key] ?? config.options[key];
    const isSame =
      known !== undefined &&
      isDriveKey(key) &&
      parseDrive(key, known).file === parseDrive(key, value).file;
    const isRefused = isDriveKey(key) && isHostPath(parseDrive(key, value));
    if (isDriveKey(key) && (!isSame || isRefused)) checkDrive(node, key, value, call.isRoot);
  }
  if (change.set.boot !== undefined)
    checkBootDevices({ ...config.options, ...change.set }, change.set.boot);
}

/** `PUT config` and `unlink`: at once. */
export async function updateNow(call: Call, deleteList?: string): Promise<null> {
  const change = readChange(call, deleteList ?? call.optional("delete"));
  check(call, change);
  await call.node.locks.with(call.vmid, () => apply(call, change, () => undefined));
  return null;
}

/** `POST config`: in a task. */
export function updateLater(call: Call): string {
  const change = readChange(call);
  check(call, change);
  return call.task("qmconfig", String(call.vmid), (task) =>
    call.node.locks.with(
      call.vmid,
      async () => {
        const words = Object.entries(change.set).map(([key, value]) => `-${key} ${value}`);
        if (change.remove.length > 0) words.push(`-delete ${change.remove.join(",")}`);
        task.log(`update VM ${String(call.vmid)}: ${words.join(" ")}`);
        await apply(call, change, task.log);
      },
      task.log,
    ),
  );
}

async function apply(call: Call, change: Change, log: Log): Promise<void> {
  const { node, vmid } = call;
  const entry = { vmid, type: "qemu" } as const;
  const config = node.guests.load(entry);
  node.guests.checkDigest(entry, change.digest);
  if (!call.flag("skiplock")) checkLock(config);
  for (const key of change.revert) {
    Reflect.deleteProperty(config.pending, key);
    Reflect.deleteProperty(config.pendingDelete, key);
  }
  const isRunning = node.hypervisor.state(vmid) !== "stopped";
  for (const key of change.remove) {
    Reflect.deleteProperty(config.pending, key);
    if (isRunning && !isLiveRemoval(config, key)) {
      if (config.options[key] !== undefined) config.pendingDelete[key] = change.force;
      continue;
    }
    rememberForCloudInit(config, key, isRunning);
    if (isRunning && isDriveKey(key)) await node.hypervisor.unplug(vmid, key);
    await removeOption(node, config.options, key, change.force);
  }
  for (const key of Object.keys(change.set).sort()) {
    const value = await stored(call, key, change.set[key] ?? "", log);
    Reflect.deleteProperty(config.pendingDelete, key);
    if (isRunning && !isLive(config, key)) setPending(config, key, value);
    else {
      const isNew = config.options[key] === undefined;
      setNow(call, config, key, value, isRunning);
      if (isRunning && isNew && isDriveKey(key)) await plug(call, key, value);
    }
    node.guests.save(entry, config);
  }
  if (!isRunning) await applyPending(node, config);
  node.guests.save(entry, config);
}

/** A running guest has a new disk at once. */
async function plug({ node, vmid }: Call, key: string, value: string): Promise<void> {
  const drive = parseDrive(key, value);
  if (!hasVolume(drive) || isCdrom(drive)) return;
  await node.hypervisor.plug(vmid, describeDisk(node, key, drive, false));
}

/** Disks and cards of a running guest are unplugged at once; the rest waits for the next start. */
const isLiveRemoval = (config: GuestConfig, key: string): boolean =>
  isLive(config, key) || /^(scsi|virtio|net)\d+$/.test(key);

function setPending(config: GuestConfig, key: string, value: string): void {
  if (config.options[key] === value) Reflect.deleteProperty(config.pending, key);
  else config.pending[key] = value;
}

function setNow(
  call: Call,
  config: GuestConfig,
  key: string,
  value: string,
  isRunning: boolean,
): void {
  rememberForCloudInit(config, key, isRunning);
  Reflect.deleteProperty(config.pending, key);
  if (!isDriveKey(key)) {
    config.options[key] = value;
    return;
  }
  const isNew = config.options[key] === undefined;
  replaceDrive(call.node, config.options, key, value);
  const drive = parseDrive(key, value);
  if (isNew && DISK_KEYS.includes(key) && isCdrom(drive) && !isCloudInit(drive))
    config.options.boot = `order=${[...bootOrder(config.options), key].join(";")}`;
}

/** Keeps what the running guest's cloud-init image says, until it is made anew. */
function rememberForCloudInit(config: GuestConfig, key: string, isRunning: boolean): void {
  const isRelevant = CLOUDINIT_OPTION.test(key) || key === "name";
  if (isRunning && isRelevant && config.cloudinit[key] === undefined)
    config.cloudinit[key] = config.options[key] ?? "";
}

async function stored(call: Call, key: string, value: string, log: Log): Promise<string> {
  const { node, vmid } = call;
  if (isNetKey(key)) {
    const net = parseNet(key, value);
    const isNewAddress = net.macaddr === undefined;
    const normal = await normaliseOption(key, value, { hashPassword: true });
    return isNewAddress ? normal : printNet(key, net);
  }
  if (!isDriveKey(key)) return normaliseOption(key, value, { hashPassword: true });
  return (await allocateDrive(node, vmid, key, value, log)).value;
}
