import { badParameters, failure } from "../api-error";
import { checkLock } from "../guests/guest-store";
import type { Call } from "../routes/call";
import type { Task } from "../tasks/task-manager";
import { parseDiskSize, printDiskSize, roundUpToKiB } from "../storage/disk-size";
import { parseVolumeId, type ImageFormat } from "../storage/volume-id";
import { logTransfer } from "./allocate";
import {
  addUnused,
  dropFromBootOrder,
  isCloudInit,
  isUnusedKey,
  parseDrive,
  printDrive,
  type Drive,
} from "./drives";

const entryOf = (vmid: number) => ({ vmid, type: "qemu" }) as const;

function driveOf(call: Call, key: string): Drive {
  const value = call.node.guests.load(entryOf(call.vmid)).options[key];
  if (value === undefined) throw failure(`disk '${key}' does not exist`);
  return isUnusedKey(key) ? { file: value } : parseDrive(key, value);
}

/** `PUT resize`: grows a disk. */
export function resizeDisk(call: Call): string {
  const { node, vmid } = call;
  if (call.flag("skiplock") && !call.isRoot)
    throw badParameters({ skiplock: "Only root may use this option." });
  return call.task("resize", String(vmid), (task) =>
    node.locks.with(
      vmid,
      async () => {
        const entry = entryOf(vmid);
        checkLock(node.guests.load(entry));
        node.guests.checkDigest(entry, call.optional("digest"));
        await resizeLocked(call, task);
      },
      task.log,
    ),
  );
}

async function resizeLocked(call: Call, task: Task): Promise<void> {
  const { node, vmid } = call;
  const key = call.text("disk");
  const drive = driveOf(call, key);
  if (isCloudInit(drive)) throw failure(`you can't resize a cdrom`);
  if (drive.file.startsWith("/")) throw failure(`unable to parse volume ID '${drive.file}'`);
  const actual = await node.volumes.sizeBytes(drive.file);
  if (actual === undefined) throw failure(`volume '${drive.file}' does not exist`);
  const text = call.text("size");
  const given = parseDiskSize(text.replace(/^\+/, "")) ?? 0;
  const wanted = text.startsWith("+") ? actual + given : given;
  if (wanted < actual) throw failure("shrinking disks is not supported");
  if (wanted === actual) return;
  if (/\/base-/.test(drive.file)) refuseBase(call, drive.file, wanted, task);
  await node.volumes.resize(drive.file, roundUpToKiB(wanted));
  if (node.hypervisor.state(vmid) === "stopped") task.log("Image resized.");
  const config = node.guests.load(entryOf(vmid));
  config.options[key] = printDrive(key, { ...drive, size: printDiskSize(wanted) });
  node.guests.save(entryOf(vmid), config);
}

/** A template's disk is immutable. */
function refuseBase(call: Call, volid: string, wanted: number, task: Task): never {
  const path = call.node.volumes.nodePath(volid);
  task.log(`qemu-img: Could not open '${path}': Could not open '${path}': Operation not permitted`);
  const command = `/usr/bin/qemu-img resize '--preallocation=metadata' -f qcow2 ${path} ${String(wanted)}`;
  throw failure(`command '${command}' failed: exit code 1`);
}

/** `POST move_disk`: to another storage or format, or to another guest. */
export function moveDisk(call: Call): string {
  const [storage, target] = [call.optional("storage"), call.integer("target-vmid")];
  const neither = "both 'storage' and 'target-vmid' missing, either needs to be set";
  if (storage === undefined && target === undefined)
    throw badParameters({ storage: neither, "target-vmid": neither });
  return target === undefined || target === call.vmid
    ? copyToStorage(call, storage ?? "")
    : reassign(call, target);
}

function copyToStorage(call: Call, storage: string): string {
  const { node, vmid } = call;
  const key = call.text("disk");
  const entry = entryOf(vmid);
  checkLock(node.guests.load(entry));
  node.guests.checkDigest(entry, call.optional("digest"));
  node.storages.get(storage);
  const drive = driveOf(call, key);
  const record = node.volumes.image(drive.file);
  if (record === undefined) throw failure(`unable to parse volume ID '${drive.file}'`);
  const format = (call.optional("format") ?? record.format) as ImageFormat;
  const from = parseVolumeId(drive.file).storage;
  if (from === storage && format === record.format)
    throw failure("you can't move to the same storage with same format");
  return call.task("qmmove", String(vmid), (task) =>
    node.locks.with(
      vmid,
      async () => {
        task.log(
          `copying volume '${drive.file}' from current storage '${from}' to target storage '${storage}'`,
        );
        task.log(`create full clone of drive ${key} (${drive.file})`);
        const spec = { storage, vmid, format, sizeBytes: record.sizeBytes };
        const volid = await node.volumes.clone(drive.file, spec, task.log, false);
        task.log(`allocated target volume '${volid}'`);
        logTransfer(record.sizeBytes, task.log);
        const config = node.guests.load(entry);
        config.options[key] = printDrive(key, { ...drive, file: volid });
        if (call.flag("delete")) {
          task.log(`removing source volume '${drive.file}' after successful copy`);
          node.guests.save(entry, config);
          await node.volumes.remove(drive.file);
        } else {
          const unused = addUnused(config.options, drive.file);
          task.log(`adding source volume '${drive.file}' as '${unused}' to config`);
          node.guests.save(entry, config);
        }
      },
      task.log,
    ),
  );
}

function reassign(call: Call, target: number): string {
  const { node, vmid } = call;
  const key = call.text("disk");
  const targetKey = call.optional("target-disk") ?? key;
  const drive = driveOf(call, key);
  const [from, to] = [entryOf(vmid), entryOf(target)];
  checkLock(node.guests.load(from));
  checkLock(node.guests.load(to));
  if (node.guests.load(to).options[targetKey] !== undefined)
    throw failure(`Target disk key '${targetKey}' is already in use for VM '${String(target)}'`);
  if (node.hypervisor.state(vmid) !== "stopped")
    throw failure("Cannot move disk of running VM to another one");
  const id = `${String(vmid)}-${key}>${String(target)}-${targetKey}`;
  return call.task("qmmove", id, (task) =>
    node.locks.with(vmid, () =>
      node.locks.with(target, async () => {
        const [source, destination] = [node.guests.load(from), node.guests.load(to)];
        task.log(
          `reassign disk '${key}' from VM '${String(vmid)}' as '${targetKey}' to VM '${String(target)}'`,
        );
        const volid = await node.volumes.rename(drive.file, target);
        task.log(`removing disk '${key}' from VM '${String(vmid)}' config`);
        Reflect.deleteProperty(source.options, key);
        dropFromBootOrder(source.options, key);
        const value = isUnusedKey(targetKey)
          ? volid
          : printDrive(targetKey, { ...drive, file: volid });
        destination.options[targetKey] = value;
        node.guests.save(to, destination);
        node.guests.save(from, source);
        task.log(`update VM ${String(target)}: -${targetKey} ${value}`);
      }),
    ),
  );
}
