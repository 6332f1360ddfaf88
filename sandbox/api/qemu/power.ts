import { setTimeout as sleep } from "node:timers/promises";
import { errorText, failure } from "../api-error";
import { checkLock } from "../guests/guest-store";
import type { PveNode } from "../node";
import type { Call } from "../routes/call";
import type { Task } from "../tasks/task-manager";
import { drivesOf, isCloudInit } from "./drives";
import { startContainer } from "../lxc/power";
import { describeGuest, hasAgent } from "./guest";
import { applyPending } from "./pending";

const SHUTDOWN_SECONDS = 60;
/** How long a started-again guest stays off after its reboot task has ended, in milliseconds. */
const REBOOT_GAP_MILLISECONDS = 1000;

const entry = (vmid: number) => ({ vmid, type: "qemu" }) as const;

type StartLog = Pick<Task, "log">;

/** Starts a guest, under its lock. */
export async function startGuest(node: PveNode, vmid: number, task: StartLog): Promise<void> {
  await node.locks.with(vmid, () => startLocked(node, vmid, task), task.log);
}

async function startLocked(node: PveNode, vmid: number, task: StartLog): Promise<void> {
  const config = node.guests.load(entry(vmid));
  if (config.options.template === "1") throw failure("you can't start a vm if it's a template");
  checkLock(config);
  if (node.hypervisor.state(vmid) !== "stopped")
    throw failure(`VM ${String(vmid)} already running`);
  await applyPending(node, config);
  if (drivesOf(config.options).some(({ drive }) => isCloudInit(drive)))
    task.log("generating cloud-init ISO");
  config.cloudinit = {};
  node.guests.save(entry(vmid), config);
  const guest = describeGuest(node, vmid, config.options);
  const missing = guest.nics.find(({ bridge }) => bridge !== "" && bridge !== node.bridge);
  if (missing !== undefined) throw failure(`bridge '${missing.bridge}' does not exist`);
  const { pid } = await node.hypervisor.start(guest);
  node.pids.set(vmid, pid);
}

/** What follows when a guest has stopped: waiting changes become true. */
export async function cleanUp(node: PveNode, vmid: number): Promise<void> {
  if (node.guests.typeOf(vmid) !== "qemu") return;
  const config = node.guests.load(entry(vmid));
  await applyPending(node, config);
  node.guests.save(entry(vmid), config);
}

async function stopNow(node: PveNode, vmid: number): Promise<void> {
  await node.hypervisor.stop(vmid);
  await cleanUp(node, vmid);
}

export function start(call: Call): string {
  const { node, vmid } = call;
  return call.task("qmstart", String(vmid), (task) => startGuest(node, vmid, task));
}

export function stop(call: Call): string {
  const { node, vmid } = call;
  return call.task("qmstop", String(vmid), (task) =>
    node.locks.with(
      vmid,
      async () => {
        checkLock(node.guests.load(entry(vmid)));
        await stopNow(node, vmid);
      },
      task.log,
    ),
  );
}

export function shutdown(call: Call): string {
  const { node, vmid } = call;
  const timeout = call.integer("timeout") ?? SHUTDOWN_SECONDS;
  return call.task("qmshutdown", String(vmid), (task) =>
    node.locks.with(
      vmid,
      async () => {
        checkLock(node.guests.load(entry(vmid)));
        await powerDown(node, vmid, timeout, call.flag("forceStop"), task);
      },
      task.log,
    ),
  );
}

async function powerDown(
  node: PveNode,
  vmid: number,
  timeout: number,
  force: boolean,
  task: Task,
): Promise<void> {
  const { options } = node.guests.load(entry(vmid));
  if (node.hypervisor.state(vmid) === "stopped") return;
  if (hasAgent(options) && (await node.hypervisor.interfaces(vmid)) === undefined)
    task.log(
      `QEMU Guest Agent is not running - VM ${String(vmid)} qga command 'guest-ping' failed - got timeout`,
    );
  if (await node.hypervisor.shutdown(vmid, timeout)) {
    await cleanUp(node, vmid);
    return;
  }
  if (!force) throw failure("VM quit/powerdown failed - got timeout");
  task.log("VM still running - terminating now with SIGTERM");
  await stopNow(node, vmid);
}

function requireRunning(node: PveNode, vmid: number): void {
  node.guests.load(entry(vmid));
  if (node.hypervisor.state(vmid) === "stopped") throw failure(`VM ${String(vmid)} not running`);
}

export function reboot(call: Call): string {
  const { node, vmid } = call;
  requireRunning(node, vmid);
  const timeout = call.integer("timeout") ?? SHUTDOWN_SECONDS;
  return call.task("qmreboot", String(vmid), async (task) => {
    await node.locks.with(vmid, () => powerDown(node, vmid, timeout, false, task), task.log);
    node.later(async () => {
      await sleep(REBOOT_GAP_MILLISECONDS * node.timeScale);
      await startGuest(node, vmid, { log: () => undefined });
    });
  });
}

export function reset(call: Call): string {
  const { node, vmid } = call;
  requireRunning(node, vmid);
  return call.task("qmreset", String(vmid), (task) =>
    node.locks.with(
      vmid,
      async () => {
        const { options } = node.guests.load(entry(vmid));
        await node.hypervisor.stop(vmid);
        await node.hypervisor.start(describeGuest(node, vmid, options));
      },
      task.log,
    ),
  );
}

export function suspend(call: Call): string {
  const { node, vmid } = call;
  requireRunning(node, vmid);
  if (call.flag("todisk")) throw failure("suspend to disk is not supported here");
  return call.task("qmpause", String(vmid), () => node.hypervisor.pause(vmid));
}

export function resume(call: Call): string {
  const { node, vmid } = call;
  requireRunning(node, vmid);
  return call.task("qmresume", String(vmid), () => node.hypervisor.resume(vmid));
}

/** A guest ended by itself: make waiting changes true, and start it again when it rebooted. */
export function onGuestExit(
  node: PveNode,
  vmid: number,
  isReboot: boolean,
  log: (line: string) => void,
): void {
  node.later(async () => {
    try {
      const type = node.guests.typeOf(vmid);
      if (type === undefined || !isReboot || node.hypervisor.state(vmid) !== "stopped") return;
      if (type === "lxc") {
        await startContainer(node, vmid, { log });
        return;
      }
      await cleanUp(node, vmid);
      await startGuest(node, vmid, { log });
    } catch (error) {
      log(`VM ${String(vmid)} did not start again: ${errorText(error)}`);
    }
  });
}
