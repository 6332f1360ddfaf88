import * as fs from "node:fs";
import * as path from "node:path";
import { cacheFolder, type Progress } from "../../engine";
import { withFileLock } from "../../engine/file-lock";
import type { BaseRecipe } from "../machines/base-recipe";
import { ensureKernelBase, findKernelBase } from "../machines/kernel-base";
import { ensureEmulator, hasEmulator } from "./requirements";
import type { Sandbox } from "./sandbox";

/** Whether machines with a kernel of their own can start: the folder of their base, or why there is none. */
export type KernelMachines = { base: string } | { unavailable: string };

const noteFile = (sandbox: Sandbox): string => path.join(sandbox.runDir, "kernel-machines.json");

const notAsked = "their base is not there; run: labwright sandbox up --kernel-machines";

export function kernelMachines(sandbox: Sandbox): KernelMachines {
  try {
    return JSON.parse(fs.readFileSync(noteFile(sandbox), "utf8")) as KernelMachines;
  } catch {
    return { unavailable: notAsked };
  }
}

/** The base, for a machine that is about to start. */
export function requireKernelBase(sandbox: Sandbox): string {
  const found = kernelMachines(sandbox);
  if ("base" in found) return found.base;
  throw new Error(`machines with a kernel of their own cannot start: ${found.unavailable}`);
}

/** Notes the base when it is there already, without work: a lab that comes up need not be told again. */
export async function rememberKernelBase(sandbox: Sandbox, recipe: BaseRecipe): Promise<void> {
  const bases = path.join(cacheFolder(), "base");
  const any = fs.existsSync(bases) && fs.readdirSync(bases).some((name) => /^kernel-/.test(name));
  if (!any || !hasEmulator()) return;
  const base = await findKernelBase(recipe, cacheFolder());
  if (base !== undefined) note(sandbox, { base });
}

/** Installs QEMU and builds the base. */
export async function ensureKernelMachines(
  sandbox: Sandbox,
  recipe: BaseRecipe,
  progress: Progress,
): Promise<void> {
  try {
    await ensureEmulator(progress);
  } catch (error) {
    const unavailable = `QEMU is not on this host: ${(error as Error).message}`;
    note(sandbox, { unavailable });
    progress.log(`Machines with a kernel of their own are left out: ${unavailable}`);
    return;
  }
  const cache = cacheFolder();
  const base = await withFileLock(
    path.join(cache, "base", "kernel-lock"),
    () => {
      progress.log("Another labwright is building the same base; waiting for it");
    },
    () => ensureKernelBase(recipe, cache, progress),
  );
  note(sandbox, { base });
}

function note(sandbox: Sandbox, found: KernelMachines): void {
  fs.mkdirSync(sandbox.runDir, { recursive: true });
  fs.writeFileSync(`${noteFile(sandbox)}.new`, JSON.stringify(found));
  fs.renameSync(`${noteFile(sandbox)}.new`, noteFile(sandbox));
}
