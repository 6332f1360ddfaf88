import { randomUUID } from "node:crypto";
import { badParameters, errorText, failure, forbidden } from "../api-error";
import { emptyConfig, type Options } from "../guests/config-file";
import type { Call } from "../routes/call";
import { checkInterrupted, type Task } from "../tasks/task-manager";
import { allocateDrive, checkDrive } from "./allocate";
import { defaultBoot, isDriveKey, isUnusedKey } from "./drives";
import { checkOptionPrivileges, checkRootOnly, normaliseOption, QEMU_VERSION } from "./options";
import { startGuest } from "./power";

const NOT_OPTIONS = [
  "archive",
  "force",
  "unique",
  "pool",
  "storage",
  "start",
  "bwlimit",
  "live-restore",
  "ha-managed",
];

/** `POST /nodes/NODE/qemu`: reserves the id at once, makes disks and configuration in a task. */
export function createGuest(call: Call): string {
  const { node, who, vmid } = call;
  const pool = call.optional("pool");
  checkMayAllocate(call, vmid, pool);
  const options = call.without(...NOT_OPTIONS, "import-working-storage");
  if (call.optional("archive") !== undefined)
    throw failure(`volume '${call.text("archive")}' does not exist`);
  for (const [key, value] of Object.entries(options)) {
    checkRootOnly(who, key, value);
    if (isDriveKey(key) || isUnusedKey(key)) checkDriveAtCreate(call, key, value);
  }
  if (who.userid !== "root@pam" && pool === undefined)
    checkOptionPrivileges(node, who, vmid, options);
  if (node.guests.typeOf(vmid) !== undefined)
    throw failure(
      `unable to create VM ${String(vmid)} - VM ${String(vmid)} already exists on node '${node.name}'`,
    );
  const entry = { vmid, type: "qemu" } as const;
  node.guests.save(entry, emptyConfig({ lock: "create" }));
  return call.task("qmcreate", String(vmid), (task) =>
    node.locks.with(vmid, async () => {
      const config = await build(call, options, task);
      node.guests.save(entry, emptyConfig(config));
      if (pool !== undefined) addToPool(call, pool, vmid);
      if (call.flag("start")) {
        task.log("Execute autostart");
        call.task("qmstart", String(vmid), (start) => startGuest(node, vmid, start));
      }
    }),
  );
}

function checkDriveAtCreate(call: Call, key: string, value: string): void {
  if (isUnusedKey(key))
    throw failure(`unable to parse directory volume name '${value.split(":")[1] ?? ""}'`);
  checkDrive(call.node, key, value, call.isRoot);
}

/** Allocation rights on the id or on the pool that the guest is made in. */
export function checkMayAllocate(call: Call, vmid: number, pool: string | undefined): void {
  const { node, who } = call;
  if (pool !== undefined && node.access.value.pools[pool] === undefined)
    throw forbidden(`pool '${pool}' does not exist`);
  const mayById = node.permissions.has(who, `/vms/${String(vmid)}`, ["VM.Allocate"]);
  const mayByPool =
    pool !== undefined && node.permissions.has(who, `/pool/${pool}`, ["VM.Allocate"]);
  if (!mayById && !mayByPool) throw forbidden();
}

export function addToPool(call: Call, pool: string, vmid: number): void {
  call.node.access.value.pools[pool]?.vms.push(vmid);
  call.node.access.save();
}

async function build(call: Call, given: Options, task: Task): Promise<Options> {
  const { node, vmid } = call;
  const options: Options = {};
  const made: string[] = [];
  try {
    for (const key of Object.keys(given).sort()) {
      const value = given[key] ?? "";
      if (!isDriveKey(key)) {
        options[key] = await normaliseOption(key, value, { hashPassword: false });
        continue;
      }
      const allocated = await allocateDrive(node, vmid, key, value, task.log);
      options[key] = allocated.value;
      if (allocated.volid !== undefined) made.push(allocated.volid);
      checkInterrupted(task);
    }
  } catch (error) {
    for (const volid of made) await node.volumes.remove(volid);
    node.guests.remove({ vmid, type: "qemu" });
    throw new Error(`unable to create VM ${String(vmid)} - ${errorText(error)}`, { cause: error });
  }
  options.boot ??= defaultBoot(options);
  options.meta = `creation-qemu=${QEMU_VERSION},ctime=${String(Math.floor(Date.now() / 1000))}`;
  options.smbios1 ??= `uuid=${randomUUID()}`;
  if (options.vmgenid !== "0") options.vmgenid ??= randomUUID();
  if (/^w(in|xp|2k|vista)/.test(options.ostype ?? "") && options.machine === undefined) {
    options.machine = `pc-i440fx-${QEMU_VERSION.replace(/\.\d+$/, "")}+pve0`;
    task.log(`pinning machine type to '${options.machine}' for Windows guest OS`);
  }
  return options;
}

/** The boot order may only name devices that are there. */
export function checkBootDevices(options: Options, boot: string): void {
  const missing = (/^order=(.+)$/.exec(boot)?.[1] ?? "")
    .split(";")
    .find((key) => key !== "" && options[key] === undefined);
  if (missing !== undefined) throw badParameters({ boot: `device '${missing}' does not exist'` });
}
