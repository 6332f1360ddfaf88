import type { Options } from "../guests/config-file";
import type { PveNode } from "../node";
import {
  bootDisk,
  driveSizeBytes,
  drivesOf,
  hasVolume,
  isCdrom,
  parseDrive,
  type Drive,
} from "./drives";
import { cpuCount, guestName, hasAgent, memoryMiB } from "./guest";
import { isNetKey } from "./networks";
import { QEMU_VERSION } from "./options";

export type Status = Record<string, unknown>;

const MIB = 1024 ** 2;
const DEFAULT_SHARES = 1000;

/** What every list and status of a virtual machine has in common. */
export function listStatus(node: PveNode, vmid: number, options: Options, withPid = true): Status {
  const state = node.hypervisor.state(vmid);
  const isRunning = state !== "stopped";
  const boot = bootDisk(options);
  const disk = boot === undefined ? undefined : options[boot];
  const status: Status = {
    vmid,
    name: guestName(vmid, options),
    status: isRunning ? "running" : "stopped",
    cpus: cpuCount(options),
    cpu: 0,
    maxmem: memoryMiB(options) * MIB,
    mem: 0,
    memhost: 0,
    disk: 0,
    maxdisk: boot === undefined || disk === undefined ? 0 : driveSizeBytes(parseDrive(boot, disk)),
    uptime: Math.floor(node.hypervisor.uptimeSeconds(vmid)),
    netin: 0,
    netout: 0,
  };
  if (isRunning && withPid) Object.assign(status, runningStatus(node, vmid));
  if (options.template === "1") status.template = 1;
  if (options.tags !== undefined) status.tags = options.tags;
  if (options.lock !== undefined) status.lock = options.lock;
  if (Object.keys(options).some((key) => /^serial\d+$/.test(key))) status.serial = 1;
  if (options.balloon !== undefined && options.balloon !== "0") {
    status.balloon_min = Number(options.balloon) * MIB;
    status.shares = Number(options.shares ?? DEFAULT_SHARES);
  }
  return status;
}

/** How long the firmware takes to get to the boot disk. */
const FIRMWARE_SECONDS = 2;
const PRESSURES = ["cpusome", "cpufull", "iosome", "iofull", "memorysome", "memoryfull"];

function runningStatus(node: PveNode, vmid: number): Status {
  const pressure = Object.fromEntries(PRESSURES.map((name) => [`pressure${name}`, 0]));
  return { pid: node.pids.get(vmid) ?? 0, ...pressure };
}

/** What QEMU's monitor would tell of a running machine. */
function monitorStatus(node: PveNode, vmid: number, options: Options): Status {
  const drives = drivesOf(options).filter(({ drive }) => hasVolume(drive) || isCdrom(drive));
  const nics = Object.keys(options).filter(isNetKey);
  const boot = bootDisk(options);
  const hasBooted = node.hypervisor.uptimeSeconds(vmid) > FIRMWARE_SECONDS * node.timeScale;
  /** The firmware looks at CD-ROMs first, and at the boot disk a moment later. */
  const isRead = (key: string, drive: Drive): boolean =>
    isCdrom(drive) || (hasBooted && key === boot);
  const blockStatistics = ({ key, drive }: { key: string; drive: Drive }): [string, Status] => [
    key,
    isRead(key, drive) ? { ...BLOCK_STATISTICS, idle_time_ns: 0 } : BLOCK_STATISTICS,
  ];
  const tap = (key: string): string => `tap${String(vmid)}i${key.slice(3)}`;
  return {
    ...(drives.length > 0 && { blockstat: Object.fromEntries(drives.map(blockStatistics)) }),
    ...(nics.length > 0 && {
      nics: Object.fromEntries(nics.map((key) => [tap(key), { netin: 0, netout: 0 }])),
    }),
    "running-qemu": QEMU_VERSION,
    "running-machine": options.machine?.startsWith("q35")
      ? "pc-q35-10.1+pve0"
      : "pc-i440fx-10.1+pve0",
    "proxmox-support": SUPPORT,
    diskread: 0,
    diskwrite: 0,
  };
}

const SUPPORT = {
  "backup-fleecing": true,
  "backup-max-workers": true,
  "pbs-dirty-bitmap": true,
  "pbs-dirty-bitmap-migration": true,
  "pbs-dirty-bitmap-savevm": true,
  "pbs-masterkey": true,
  "query-bitmap-info": true,
};

const COUNTERS = ["rd", "wr", "unmap", "zone_append", "flush"];

/** Counters of a drive that nobody has used. */
const BLOCK_STATISTICS: Status = {
  account_failed: true,
  account_invalid: true,
  timed_stats: [],
  wr_highest_offset: 0,
  ...Object.fromEntries(
    COUNTERS.flatMap((name) => [
      [`${name}_operations`, 0],
      [`${name}_total_time_ns`, 0],
      [`failed_${name}_operations`, 0],
      [`invalid_${name}_operations`, 0],
      ...(name === "flush"
        ? []
        : [
            [`${name}_bytes`, 0],
            [`${name}_merged`, 0],
          ]),
    ]),
  ),
};

/** `GET status/current`. */
export function currentStatus(node: PveNode, vmid: number, options: Options): Status {
  const state = node.hypervisor.state(vmid);
  const status: Status = {
    ...listStatus(node, vmid, options),
    ...(state !== "stopped" && monitorStatus(node, vmid, options)),
    qmpstatus: state,
    ha: { managed: 0 },
  };
  if (hasAgent(options)) status.agent = 1;
  if (options.vga !== undefined)
    status.clipboard = /clipboard=(\w+)/.exec(options.vga)?.[1] ?? null;
  if (/^(type=)?qxl/.test(options.vga ?? "")) status.spice = 1;
  return status;
}
