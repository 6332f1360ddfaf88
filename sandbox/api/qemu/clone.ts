import { omit } from "../omit";
import { randomUUID } from "node:crypto";
import { errorText, failure } from "../api-error";
import { checkLock } from "../guests/guest-store";
import { emptyConfig, type Options } from "../guests/config-file";
import type { Call } from "../routes/call";
import { checkInterrupted, type Task } from "../tasks/task-manager";
import { parseDiskSize, printDiskSize } from "../storage/disk-size";
import { parseVolumeId, type ImageFormat } from "../storage/volume-id";
import type { Log } from "../storage/volumes";
import { logTransfer } from "./allocate";
import { addToPool, checkMayAllocate } from "./create";
import {
  hasVolume,
  isCdrom,
  isCloudInit,
  isDriveKey,
  isUnusedKey,
  parseDrive,
  printDrive,
} from "./drives";
import { isNetKey, normaliseNet, parseNet, printNet } from "./networks";

interface Plan {
  newid: number;
  source: Options;
  full: boolean;
  storage?: string;
  format?: ImageFormat;
}

const NOT_COPIED = new Set([
  "lock",
  "template",
  "parent",
  "snaptime",
  "vmstate",
  "runningmachine",
  "runningcpu",
]);

/** `POST clone`: the target's id is taken at once; disks are copied in a task. */
export function cloneGuest(call: Call): string {
  const { node, vmid } = call;
  const plan = checkClone(call);
  const { newid, source } = plan;
  const entry = { vmid: newid, type: "qemu" } as const;
  const pool = call.optional("pool");
  node.guests.save(entry, emptyConfig({ lock: "clone", description: " qmclone temporary file" }));
  return call.task("qmclone", String(vmid), (task) =>
    node.locks.with(newid, () =>
      node.locks.shared(
        vmid,
        async () => {
          task.log(`creating a clone of VM ${String(vmid)} with ID ${String(newid)}`);
          if (pool !== undefined) addToPool(call, pool, newid);
          const options = await copy(call, plan, task);
          options.name = call.optional("name") ?? `Copy-of-VM-${source.name ?? String(vmid)}`;
          const description = call.optional("description");
          if (description !== undefined) options.description = description;
          node.guests.save(entry, emptyConfig(options));
        },
        task.log,
      ),
    ),
  );
}

function checkClone(call: Call): Plan {
  const { node, vmid } = call;
  const newid = Number(call.text("newid"));
  const pool = call.optional("pool");
  checkMayAllocate(call, newid, pool);
  const target = call.optional("target");
  if (target !== undefined && target !== node.name && target !== "localhost")
    throw failure(`no such cluster node '${target}'`);
  const storage = call.optional("storage");
  if (storage !== undefined) node.storages.get(storage);
  if (node.guests.typeOf(vmid) !== "qemu")
    throw failure(
      `unable to find configuration file for VM ${String(vmid)} on node '${node.name}'`,
    );
  const config = node.guests.load({ vmid, type: "qemu" });
  checkLock(config);
  const snapname = call.optional("snapname");
  const source = snapname === undefined ? config.options : config.snapshots[snapname];
  if (source === undefined) throw failure(`snapshot '${String(snapname)}' does not exist`);
  const isTemplate = config.options.template === "1";
  const wanted = call.optional("full");
  const full = wanted === undefined ? !isTemplate : wanted === "1";
  if (!full && storage !== undefined)
    throw failure("parameter 'storage' not allowed for linked clones");
  if (!full && call.optional("format") !== undefined)
    throw failure("parameter 'format' not allowed for linked clones");
  if (node.guests.typeOf(newid) !== undefined)
    throw failure(`unable to create VM ${String(newid)}: config file already exists`);
  if (!full && !isTemplate) refuseLinked(source);
  for (const key of Object.keys(source).filter(isDriveKey)) {
    const { file } = parseDrive(key, source[key] ?? "");
    if (file.startsWith("/")) throw failure(`unable to parse volume ID '${file}'`);
  }
  return {
    newid,
    source,
    full,
    storage,
    format: call.optional("format") as ImageFormat | undefined,
  };
}

function refuseLinked(source: Options): void {
  for (const key of Object.keys(source).filter(isDriveKey).sort()) {
    const drive = parseDrive(key, source[key] ?? "");
    if (!isCdrom(drive))
      throw failure(`Linked clone feature is not supported for '${drive.file}' (${key})`);
  }
}

async function copy(call: Call, plan: Plan, task: Task): Promise<Options> {
  const { node } = call;
  const { newid, source } = plan;
  const options: Options = {};
  const made: string[] = [];
  try {
    for (const key of Object.keys(source).sort()) {
      const value = source[key] ?? "";
      if (NOT_COPIED.has(key) || isUnusedKey(key)) continue;
      if (isNetKey(key)) {
        const net = omit(parseNet(key, value), "macaddr");
        options[key] = normaliseNet(key, printNet(key, net), node.macPrefix);
      } else if (isDriveKey(key)) {
        options[key] = await copyDrive(call, plan, key, value, made, task.log);
        checkInterrupted(task);
      } else {
        options[key] = value;
      }
    }
  } catch (error) {
    for (const volid of made) await node.volumes.remove(volid);
    node.guests.remove({ vmid: newid, type: "qemu" });
    throw new Error(`clone failed: ${errorText(error)}`, { cause: error });
  }
  options.smbios1 = withNewUuid(source.smbios1 ?? "");
  if (source.vmgenid !== undefined) options.vmgenid = randomUUID();
  return options;
}

const withNewUuid = (smbios1: string): string =>
  [
    `uuid=${randomUUID()}`,
    ...smbios1.split(",").filter((part) => part !== "" && !part.startsWith("uuid=")),
  ].join(",");

async function copyDrive(
  call: Call,
  plan: Plan,
  key: string,
  value: string,
  made: string[],
  log: Log,
): Promise<string> {
  const { volumes } = call.node;
  const drive = parseDrive(key, value);
  const isSeed = isCloudInit(drive);
  if (!hasVolume(drive) || (isCdrom(drive) && !isSeed)) return value;
  const record = volumes.image(drive.file);
  if (record === undefined) throw failure(`volume '${drive.file}' does not exist`);
  const storage = plan.storage ?? parseVolumeId(drive.file).storage;
  const sizeBytes = Math.max(record.sizeBytes, parseDiskSize(drive.size ?? "0") ?? 0);
  const spec = { storage, vmid: plan.newid, format: plan.format ?? record.format, sizeBytes };
  let volid: string;
  if (isSeed) {
    const file = `vm-${String(plan.newid)}-cloudinit.${spec.format}`;
    log(`create full clone of drive ${key} (${drive.file})`);
    volid = await volumes.create({ ...spec, file }, log);
    log(`allocated target volume '${volid}'`);
  } else if (!plan.full) {
    log(`create linked clone of drive ${key} (${drive.file})`);
    volid = await linkedClone(call, drive.file, spec, log);
  } else {
    log(`create full clone of drive ${key} (${drive.file})`);
    volid = await volumes.clone(drive.file, spec, log, false);
    log(`allocated target volume '${volid}'`);
    logTransfer(sizeBytes, log);
  }
  made.push(volid);
  return printDrive(key, { ...drive, file: volid, size: printDiskSize(sizeBytes) });
}

async function linkedClone(
  call: Call,
  from: string,
  spec: { storage: string; vmid: number; format: ImageFormat; sizeBytes: number },
  log: Log,
): Promise<string> {
  const { volumes } = call.node;
  const base = volumes.stored(from).name;
  const file = volumes.nextFile(spec);
  log(`clone ${base}: images, ${file}, ${String(spec.vmid)} to ${file} (base=../${base})`);
  return volumes.clone(from, { ...spec, file }, log, true);
}
