import { failure } from "../api-error";
import { printConfig } from "../guests/config-file";
import type { GuestType } from "../guests/guest-store";
import { checkLock } from "../guests/guest-store";
import type { PveNode } from "../node";
import type { Call } from "../routes/call";
import type { Task } from "../tasks/task-manager";

const TASKS = { qemu: "qmdestroy", lxc: "vzdestroy" };

/** `DELETE /nodes/NODE/qemu/ID` and the same for containers. */
export function destroyGuest(call: Call, type: GuestType): string {
  const { node, vmid } = call;
  const kind = type === "qemu" ? "VM" : "CT";
  const config = node.guests.load({ vmid, type });
  if (config.options.protection === "1")
    throw failure(`can't remove ${kind} ${String(vmid)} - protection mode enabled`);
  const force = type === "lxc" && call.flag("force");
  if (node.hypervisor.state(vmid) !== "stopped" && !force)
    throw failure(runningMessage(type, vmid));
  return call.task(TASKS[type], String(vmid), (task) =>
    node.locks.with(
      vmid,
      async () => {
        checkLock(node.guests.load({ vmid, type }));
        if (node.hypervisor.state(vmid) !== "stopped") await node.hypervisor.stop(vmid);
        const isUsed = (volid: string): boolean => printConfig(config).includes(volid);
        await removeVolumes(
          node,
          vmid,
          (volid) => call.flag("destroy-unreferenced-disks") || isUsed(volid),
        );
        if (call.flag("purge")) purge(node, vmid, type, task);
        node.guests.remove({ vmid, type });
      },
      task.log,
    ),
  );
}

const runningMessage = (type: GuestType, vmid: number): string =>
  type === "qemu"
    ? `VM ${String(vmid)} is running - destroy failed`
    : `unable to destroy CT ${String(vmid)} - container is running`;

/** Removes volumes of the guest; refuses before anything is gone when a clone stands on one. */
async function removeVolumes(
  node: PveNode,
  vmid: number,
  goes: (volid: string) => boolean,
): Promise<void> {
  const owned = node.storages
    .ids()
    .flatMap((storage) => node.volumes.list(storage))
    .filter(({ volid, record }) => record.vmid === vmid && goes(volid));
  const used = owned.find(({ volid }) => node.volumes.isBaseInUse(volid));
  if (used !== undefined)
    throw failure(`base volume '${used.volid}' is still in use by linked cloned`);
  for (const { volid } of owned) await node.volumes.remove(volid);
}

function purge(node: PveNode, vmid: number, type: GuestType, task: Task): void {
  task.log(
    `purging ${type === "qemu" ? "VM" : "CT"} ${String(vmid)} from related configurations..`,
  );
  const access = node.access.value;
  for (const pool of Object.values(access.pools))
    pool.vms = pool.vms.filter((member) => member !== vmid);
  access.acl = access.acl.filter(({ path }) => path !== `/vms/${String(vmid)}`);
  node.access.save();
}
