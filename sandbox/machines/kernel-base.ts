import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Progress } from "../../engine/progress";
import { command } from "../command";
import { buildRoot } from "./base-image";
import type { BaseRecipe } from "./base-recipe";
import { emulatorArguments, type EmulatorStart, frozenShape } from "./emulator";
import { runInGuest } from "./guest-agent";
import type { JsonPeer } from "./json-peer";
import { kernelDiskGiB, kernelFiles, kernelFinish, kernelPackages } from "./kernel-recipe";
import { withMonitor } from "./monitor";
import { isWaiting } from "./wake.render";

/** How long the guest may take to its first boot, in milliseconds, on a host with better things to do. */
const bootTimeout = 600_000;

/** Any hardware address: each machine sets its own when it wakes. */
const frozenStart = (base: string): EmulatorStart => ({
  base,
  disk: path.join(base, "disk.qcow2"),
  memoryMiB: frozenShape.memoryMiB,
  cores: frozenShape.cores,
  nics: [{ hostName: "frozen", mac: "bc:24:11:00:00:00" }],
  resume: false,
});

/** Where the base of a recipe is kept. A frozen state belongs to one QEMU and one command line, so both are in its key. */
async function kernelBaseFolder(recipe: BaseRecipe, cacheDir: string): Promise<string> {
  const version = await command("qemu-system-x86_64", ["--version"]);
  const parts = [recipe, kernelPackages, kernelDiskGiB, kernelFiles(recipe), kernelFinish];
  const content = JSON.stringify([parts, version, emulatorArguments(frozenStart("/"))]);
  const key = createHash("sha256").update(content).digest("hex").slice(0, 12);
  return path.join(cacheDir, "base", `kernel-${recipe.release}-${key}`);
}

/** The base of machines with a kernel of their own, when the cache has it. Needs QEMU. */
export async function findKernelBase(
  recipe: BaseRecipe,
  cacheDir: string,
): Promise<string | undefined> {
  const folder = await kernelBaseFolder(recipe, cacheDir);
  return fs.existsSync(path.join(folder, "state")) ? folder : undefined;
}

/**
 * The base of machines with a kernel of their own, built when the cache does not have it: kernel, disk and the state
 * of a machine that has booted and waits to be told who it is.
 */
export async function ensureKernelBase(
  recipe: BaseRecipe,
  cacheDir: string,
  progress: Progress,
): Promise<string> {
  const folder = await kernelBaseFolder(recipe, cacheDir);
  if (fs.existsSync(path.join(folder, "state"))) return folder;
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const building = fs.mkdtempSync(`${folder}.building-`);
  try {
    progress.step(
      `Building the base of machines with a kernel of their own (Debian ${recipe.release}, about two minutes)`,
    );
    await buildDisk(recipe, building);
    progress.step("Booting it once under emulation, and freezing it");
    await freeze(building);
    fs.renameSync(building, folder);
  } catch (error) {
    progress.failed();
    throw error;
  } finally {
    fs.rmSync(building, { recursive: true, force: true });
  }
  progress.done();
  return folder;
}

async function buildDisk(recipe: BaseRecipe, folder: string): Promise<void> {
  await buildRoot({
    recipe,
    folder,
    packages: kernelPackages,
    files: kernelFiles(recipe),
    finish: kernelFinish,
  });
  const root = path.join(folder, "root");
  // Tables are written here, as holes, and not by each machine in the background.
  const eager = "lazy_itable_init=0,lazy_journal_init=0";
  const disk = path.join(folder, "disk.raw");
  await command("mke2fs", ["-q", "-t", "ext4", "-E", eager, "-d", root, disk, `${kernelDiskGiB}G`]);
  fs.rmSync(root, { recursive: true });
  const image = ["create", "-q", "-f", "qcow2", "-b", "disk.raw", "-F", "raw", "disk.qcow2"];
  await command("qemu-img", image, { cwd: folder });
}

/** Boots the machine in a network of its own and keeps the state in which it waits. */
async function freeze(folder: string): Promise<void> {
  const tap =
    'ip tuntap add frozen mode tap && ip link set frozen up && exec qemu-system-x86_64 "$@"';
  const emulator = spawn(
    "unshare",
    ["--net", "sh", "-c", tap, "sh", ...emulatorArguments(frozenStart(folder))],
    { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  emulator.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => emulator.once("close", () => resolve()));
  try {
    await waitUntilItWaits(folder, () => emulator.exitCode === null);
    await withMonitor(folder, (monitor) => save(monitor));
  } catch (error) {
    const log = path.join(folder, "guest.log");
    const console = fs.existsSync(log) ? fs.readFileSync(log, "utf8").slice(-2000) : "";
    const reason = (error as Error).message;
    throw new Error(`${reason}: ${said}; its console ends:\n${console}`, { cause: error });
  } finally {
    emulator.kill("SIGKILL");
    await ended;
  }
  for (const name of ["guest.log", "agent", "monitor", "finish.sh", "sources.list"]) {
    fs.rmSync(path.join(folder, name), { force: true });
  }
  for (const name of ["disk.raw", "disk.qcow2", "state"]) {
    fs.chmodSync(path.join(folder, name), 0o444);
  }
}

async function waitUntilItWaits(folder: string, runs: () => boolean): Promise<void> {
  for (const deadline = Date.now() + bootTimeout; ; await sleep(500)) {
    if (!runs()) throw new Error("the emulator ended");
    if (Date.now() > deadline) throw new Error("the machine did not boot");
    try {
      if ((await runInGuest(folder, ["sh", "-c", isWaiting])).exitCode === 0) return;
    } catch {
      // Not booted as far as its agent.
    }
  }
}

async function save(monitor: JsonPeer): Promise<void> {
  await monitor.ask("stop");
  await monitor.ask("migrate-set-parameters", { "max-bandwidth": 100 * 2 ** 30 });
  await monitor.ask("migrate", { uri: "exec:cat >state" });
  for (const deadline = Date.now() + 120_000; ; await sleep(50)) {
    const { status } = await monitor.ask<{ status?: string }>("query-migrate");
    if (status === "completed") break;
    if (status === "failed" || Date.now() > deadline) throw new Error("the machine did not freeze");
  }
  await monitor.ask("quit");
}
