import * as path from "node:path";
import { cacheFolder, type Progress } from "../../engine";
import { withFileLock } from "../../engine/file-lock";
import { packageRoot } from "../../engine/package-root";
import { ensureBaseImage } from "../machines/base-image";
import type { BaseRecipe } from "../machines/base-recipe";
import { findMachine } from "../machines/machine-run";
import { renderSourcesList } from "./apt-sources";
import { hostSources } from "./apt-configuration";
import { ensureCredentials } from "./credentials";
import { exclusively } from "./exclusively";
import { ensureKernelMachines, rememberKernelBase } from "./kernel-machines";
import { findDaemon, nodeStorages, startDaemon } from "./daemon-process";
import { ensureNetwork, network, networkExists } from "./network";
import { ensureNode, nodeRunDir } from "./node-machine";
import { debianRelease } from "./os-release";
import { PackageCache } from "./package-cache";
import { ensureRequirements } from "./requirements";
import { requireSandboxFolder, type Sandbox } from "./sandbox";

/** The release that machines of the lab run, whatever the host's. */
const machineRelease = "bookworm";

/** Whether all of the lab runs. */
export async function isUp(sandbox: Sandbox): Promise<boolean> {
  return (
    findDaemon(sandbox) !== undefined &&
    findMachine(nodeRunDir(sandbox)) !== undefined &&
    (await networkExists(sandbox.netns)) &&
    (await new PackageCache(cacheFolder()).answers())
  );
}

/**
 * Brings the lab up, or back up: whatever of it runs already goes on undisturbed. An interrupted call
 * is completed by the next.
 */
export async function bringUp(sandbox: Sandbox, progress: Progress): Promise<void> {
  if (await isUp(sandbox)) return;
  requireSandboxFolder(sandbox);
  await ensureRequirements({ sandbox: sandbox.dir, cache: cacheFolder() }, progress);
  await exclusively(sandbox, progress, async () => {
    await ensureCredentials(sandbox);
    const base = await machineBase(progress);
    await rememberKernelBase(sandbox, machineRecipe());
    progress.step("Starting the lab");
    try {
      await new PackageCache(cacheFolder()).join(sandbox);
      await ensureNetwork(sandbox.netns);
      const storages = Object.entries(nodeStorages).map(([id, config]) => [id, config.path]);
      await ensureNode(sandbox, base, Object.fromEntries(storages) as Record<string, string>);
      if (!findDaemon(sandbox)) await startDaemon(sandbox, base, daemonScript);
    } catch (error) {
      progress.failed();
      throw error;
    }
    progress.done();
  });
}

/** The daemon runs compiled, also when it is started from a test's sources. */
const daemonScript = path.join(packageRoot, "dist/sandbox/lab/daemon.js");

function machineRecipe(): BaseRecipe {
  const release = debianRelease();
  if (typeof release !== "string") throw new Error(release.problem);
  const sources = hostSources(release).map((source) => ({
    ...source,
    suite: source.suite.replace(release, machineRelease),
  }));
  return {
    release: machineRelease,
    buildSources: renderSourcesList(sources, { throughCache: false }),
    sources: renderSourcesList(sources, { throughCache: true }),
    proxy: `http://${network.gateway}:3142`,
  };
}

async function machineBase(progress: Progress): Promise<string> {
  const cache = cacheFolder();
  return withFileLock(
    path.join(cache, "base", "lock"),
    () => {
      progress.log("Another labwright is building the base image; waiting for it");
    },
    () => ensureBaseImage(machineRecipe(), cache, progress),
  );
}

/**
 * Makes machines with a kernel of their own possible in a lab that is up: QEMU is installed and their base built, once
 * for all labs. Where QEMU cannot be installed it says so, and so will the start of such a machine.
 */
export async function bringUpKernelMachines(sandbox: Sandbox, progress: Progress): Promise<void> {
  await ensureKernelMachines(sandbox, machineRecipe(), progress);
}
