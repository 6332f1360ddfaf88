import { cloudInitSeed } from "../cloudinit/seed";
import type { Guest, GuestDisk } from "../../hypervisor";
import type { Options } from "../guests/config-file";
import type { PveNode } from "../node";
import {
  bootDisk,
  drivesOf,
  driveSizeBytes,
  hasVolume,
  isCdrom,
  isCloudInit,
  isHostPath,
  type Drive,
} from "./drives";
import { isNetKey, parseNet } from "./networks";

export const DEFAULT_MEMORY_MIB = 512;

export const memoryMiB = (options: Options): number =>
  Number(/\d+/.exec(options.memory ?? "")?.[0] ?? DEFAULT_MEMORY_MIB);

export const cpuCount = (options: Options): number =>
  Number(options.cores ?? 1) * Number(options.sockets ?? 1);

/** Whether the `agent` option switches the guest agent on. */
export const hasAgent = (options: Options): boolean =>
  /^(enabled=)?1(,|$)|,enabled=1/.test(options.agent ?? "");

export const guestName = (vmid: number, options: Options): string =>
  options.name ?? `VM ${String(vmid)}`;

/** What the hypervisor has to know of a disk. */
export function describeDisk(node: PveNode, key: string, drive: Drive, boot: boolean): GuestDisk {
  return {
    key,
    source: isHostPath(drive)
      ? { device: drive.file }
      : { volume: node.volumes.stored(drive.file) },
    sizeBytes: driveSizeBytes(drive),
    boot,
    ...(drive.serial !== undefined && { serial: drive.serial }),
  };
}

/** What the hypervisor has to know to start a virtual machine. */
export function describeGuest(node: PveNode, vmid: number, options: Options): Guest {
  const drives = drivesOf(options).filter(({ drive }) => hasVolume(drive));
  const boot = bootDisk(options);
  const disks = drives.filter(({ drive }) => !isCdrom(drive));
  return {
    vmid,
    type: "qemu",
    name: options.name ?? `VM${String(vmid)}`,
    memoryMiB: memoryMiB(options),
    cores: cpuCount(options),
    nics: Object.keys(options)
      .filter(isNetKey)
      .sort((a, b) => Number(a.slice(3)) - Number(b.slice(3)))
      .map((key) => {
        const net = parseNet(key, options[key] ?? "");
        return {
          key,
          mac: net.macaddr ?? "",
          bridge: net.bridge ?? "",
          linkDown: net.link_down === "1",
        };
      }),
    disks: disks.map(({ key, drive }) => describeDisk(node, key, drive, key === boot)),
    ...(drives.some(({ drive }) => isCloudInit(drive)) && {
      seed: cloudInitSeed(node, vmid, options),
    }),
    agent: hasAgent(options),
    ...(options.args !== undefined && { args: options.args }),
  };
}
