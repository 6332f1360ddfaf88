import * as fs from "node:fs";
import { cacheFolder, type Progress } from "../../engine";
import { tryCommand } from "../command";
import { cgroupProcesses, removeCgroups } from "../machines/cgroups";
import { killAll } from "../machines/kill-all";
import { detachLoops } from "../machines/loop-devices";
import { exclusively } from "./exclusively";
import { networkExists, removeNetwork } from "./network";
import { PackageCache } from "./package-cache";
import { requireSandboxFolder, type Sandbox } from "./sandbox";
import { stopDaemon } from "./daemon-process";
import { forgetUserKnownHosts } from "./user-known-hosts";

/** Takes the lab away without a trace, however much of it still runs. */
export async function takeDown(sandbox: Sandbox, progress: Progress): Promise<void> {
  requireSandboxFolder(sandbox);
  await exclusively(sandbox, progress, async () => {
    progress.step("Taking the lab down");
    try {
      await stopLab(sandbox);
      await new PackageCache(cacheFolder()).leave(sandbox);
      await endProcessesInNetwork(sandbox);
      await removeNetwork(sandbox.netns);
      forgetUserKnownHosts(sandbox);
      fs.rmSync(sandbox.dir, { recursive: true, force: true });
    } catch (error) {
      progress.failed();
      throw error;
    }
    progress.done();
  });
}

/** Ends the lab's own processes: the daemon, all machines, the node. */
export async function stopLab(sandbox: Sandbox): Promise<void> {
  await stopDaemon(sandbox);
  await killAll(() => cgroupProcesses(sandbox.id));
  removeCgroups(sandbox.id);
  for (const folder of [sandbox.volumesDir, sandbox.disksDir]) await detachLoops(folder);
}

/** What was started with `exec` and still runs has no network to be in any more. */
async function endProcessesInNetwork(sandbox: Sandbox): Promise<void> {
  if (!(await networkExists(sandbox.netns))) return;
  const spared = new Set(ancestors(process.pid));
  await killAll(async () => {
    const { stdout } = await tryCommand("ip", ["netns", "pids", sandbox.netns]);
    return stdout
      .split("\n")
      .filter(Boolean)
      .map(Number)
      .filter((pid) => !spared.has(pid));
  });
}

function ancestors(pid: number): number[] {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
  const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  return parent > 0 ? [pid, ...ancestors(parent)] : [pid];
}
