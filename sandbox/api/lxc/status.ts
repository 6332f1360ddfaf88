import type { Options } from "../guests/config-file";
import type { PveNode } from "../node";
import { parseDiskSize } from "../storage/disk-size";

const MIB = 1024 ** 2;
/** Defaults of a container. Source: PVE::LXC::Config. */
const DEFAULT_MIB = 512;

/** What every list and status of a container has in common. */
export function containerStatus(
  node: PveNode,
  vmid: number,
  options: Options,
): Record<string, unknown> {
  const isRunning = node.hypervisor.state(vmid) !== "stopped";
  const size = /(?:^|,)size=([^,]+)/.exec(options.rootfs ?? "")?.[1];
  return {
    vmid,
    type: "lxc",
    name: options.hostname ?? `CT${String(vmid)}`,
    status: isRunning ? "running" : "stopped",
    cpus: Number(options.cores ?? 1),
    cpu: 0,
    maxmem: Number(options.memory ?? DEFAULT_MIB) * MIB,
    mem: 0,
    maxswap: Number(options.swap ?? DEFAULT_MIB) * MIB,
    swap: 0,
    maxdisk: parseDiskSize(size ?? "0") ?? 0,
    disk: 0,
    diskread: 0,
    diskwrite: 0,
    netin: 0,
    netout: 0,
    uptime: Math.floor(node.hypervisor.uptimeSeconds(vmid)),
    ...(isRunning && { pid: node.pids.get(vmid) ?? 0 }),
    ...(options.template === "1" && { template: 1 }),
    ...(options.tags !== undefined && { tags: options.tags }),
    ...(options.lock !== undefined && { lock: options.lock }),
  };
}
