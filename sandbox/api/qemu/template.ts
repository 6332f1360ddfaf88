import { failure } from "../api-error";
import { checkLock } from "../guests/guest-store";
import type { Call } from "../routes/call";
import { drivesOf, hasVolume, isCdrom, printDrive } from "./drives";

/** `POST template`: disks become bases that linked clones may stand on. */
export function makeTemplate(call: Call): string {
  const { node, vmid } = call;
  const entry = { vmid, type: "qemu" } as const;
  const config = node.guests.load(entry);
  checkLock(config);
  if (config.options.template === "1") throw failure("you can't convert a template to a template");
  if (Object.keys(config.snapshots).length > 0)
    throw failure("unable to create template, because VM contains snapshots");
  if (node.hypervisor.state(vmid) !== "stopped")
    throw failure("you can't convert a VM to template if VM is running");
  return call.task("qmtemplate", String(vmid), (task) =>
    node.locks.with(
      vmid,
      async () => {
        const fresh = node.guests.load(entry);
        for (const { key, drive } of drivesOf(fresh.options)) {
          if (!hasVolume(drive) || isCdrom(drive) || drive.file.startsWith("/")) continue;
          const file = drive.file.replace(/^.*\/vm-/, "base-");
          const volid = await node.volumes.rename(drive.file, vmid, file);
          fresh.options[key] = printDrive(key, { ...drive, file: volid });
          node.guests.save(entry, fresh);
        }
        fresh.options.template = "1";
        node.guests.save(entry, fresh);
      },
      task.log,
    ),
  );
}
