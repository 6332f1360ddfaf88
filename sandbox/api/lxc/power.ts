import { failure } from "../api-error";
import { checkLock } from "../guests/guest-store";
import type { PveNode } from "../node";
import type { Call } from "../routes/call";
import type { Task } from "../tasks/task-manager";
import { describeContainer } from "./container";

const SHUTDOWN_SECONDS = 60;
const entryOf = (vmid: number) => ({ vmid, type: "lxc" }) as const;

export async function startContainer(
  node: PveNode,
  vmid: number,
  task: Pick<Task, "log">,
): Promise<void> {
  await node.locks.with(
    vmid,
    async () => {
      const { options, ...rest } = node.guests.load(entryOf(vmid));
      if (options.template === "1") throw failure(`you can't start a CT if it's a template`);
      checkLock({ options, ...rest });
      if (node.hypervisor.state(vmid) !== "stopped")
        throw failure(`CT ${String(vmid)} already running`);
      const { pid } = await node.hypervisor.start(describeContainer(node, vmid, options));
      node.pids.set(vmid, pid);
    },
    task.log,
  );
}

/** A change of state of an existing container, in a task and under its lock. */
function change(call: Call, type: string, work: (task: Task) => Promise<void>): string {
  const { node, vmid } = call;
  return call.task(type, String(vmid), (task) =>
    node.locks.with(
      vmid,
      async () => {
        checkLock(node.guests.load(entryOf(vmid)));
        await work(task);
      },
      task.log,
    ),
  );
}

export function start(call: Call): string {
  const { node, vmid } = call;
  checkLock(node.guests.load(entryOf(vmid)));
  if (node.hypervisor.state(vmid) !== "stopped")
    throw failure(`CT ${String(vmid)} already running`);
  return call.task("vzstart", String(vmid), (task) => startContainer(node, vmid, task));
}

function requireRunning({ node, vmid }: Call): void {
  node.guests.load(entryOf(vmid));
  if (node.hypervisor.state(vmid) === "stopped") throw failure(`CT ${String(vmid)} not running`);
}

export function stop(call: Call): string {
  requireRunning(call);
  return change(call, "vzstop", () => call.node.hypervisor.stop(call.vmid));
}

export function shutdown(call: Call): string {
  requireRunning(call);
  const timeout = call.integer("timeout") ?? SHUTDOWN_SECONDS;
  return change(call, "vzshutdown", async () => {
    if (await call.node.hypervisor.shutdown(call.vmid, timeout)) return;
    if (!call.flag("forceStop")) throw failure("command 'lxc-stop' failed: exit code 1");
    await call.node.hypervisor.stop(call.vmid);
  });
}

export function reboot(call: Call): string {
  requireRunning(call);
  const { node, vmid } = call;
  const timeout = call.integer("timeout") ?? SHUTDOWN_SECONDS;
  return change(call, "vzreboot", async () => {
    if (!(await node.hypervisor.shutdown(vmid, timeout)))
      throw failure("command 'lxc-stop' failed: exit code 1");
    const { options } = node.guests.load(entryOf(vmid));
    const { pid } = await node.hypervisor.start(describeContainer(node, vmid, options));
    node.pids.set(vmid, pid);
  });
}
