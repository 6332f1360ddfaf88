import { setTimeout as sleep } from "node:timers/promises";
import { errorText } from "./api-error";
import type { GuestEntry } from "./guests/guest-store";
import { startContainer } from "./lxc/power";
import type { PveNode } from "./node";
import { startGuest } from "./qemu/power";

const HALF_MADE = new Set(["create", "clone"]);

/**
 * Takes away what a process that was killed left half made: guests whose creation had not ended, with their volumes. The tasks
 * that would have finished them are gone.
 */
export async function removeHalfMade(node: PveNode, log: (line: string) => void): Promise<void> {
  for (const entry of node.guests.list()) {
    const { lock } = node.guests.load(entry).options;
    if (lock === undefined || !HALF_MADE.has(lock)) continue;
    for (const storage of node.storages.ids())
      for (const { volid, record } of node.volumes.list(storage))
        if (record.vmid === entry.vmid) await node.volumes.remove(volid);
    node.guests.remove(entry);
    log(`removed guest ${String(entry.vmid)}: its ${lock} was interrupted`);
  }
}

interface BootEntry extends GuestEntry {
  order: number;
  upSeconds: number;
}

function bootEntries(node: PveNode): BootEntry[] {
  return node.guests
    .list()
    .filter((entry) => {
      const { onboot, template } = node.guests.load(entry).options;
      return onboot === "1" && template !== "1" && node.hypervisor.state(entry.vmid) === "stopped";
    })
    .map((entry) => {
      const { startup = "" } = node.guests.load(entry).options;
      const number = (name: string): string | undefined =>
        new RegExp(`(?:^|,)${name}=(\\d+)`).exec(startup)?.[1];
      const order = number("order") ?? /^(\d+)/.exec(startup)?.[1];
      return { ...entry, order: Number(order ?? Infinity), upSeconds: Number(number("up") ?? 0) };
    })
    .sort((a, b) => (a.order === b.order ? a.vmid - b.vmid : a.order - b.order));
}

/** Starts the guests with `onboot`, in the order of their `startup`, as a node does when it boots. */
export function startOnBoot(node: PveNode): void {
  const entries = bootEntries(node);
  if (entries.length === 0) return;
  node.tasks.start("startall", "", "root@pam", async (task) => {
    for (const { vmid, type, upSeconds } of entries) {
      if (task.signal.aborted) return;
      const kind = type === "qemu" ? "VM" : "CT";
      task.log(`Starting ${kind} ${String(vmid)}`);
      try {
        await (type === "qemu" ? startGuest : startContainer)(node, vmid, task);
      } catch (error) {
        task.warn(`Starting ${kind} ${String(vmid)} failed: ${errorText(error)}`);
      }
      await sleep(upSeconds * 1000 * node.timeScale);
    }
  });
}
