import * as fs from "node:fs";
import type { Progress } from "../../engine";
import { withFileLock } from "../../engine/file-lock";
import type { Sandbox } from "./sandbox";

/** Runs work while no other command changes this sandbox. */
export function exclusively<T>(
  sandbox: Sandbox,
  progress: Progress,
  work: () => Promise<T>,
): Promise<T> {
  const waiting = (): void => {
    progress.log("Another command is working on this sandbox; waiting for it");
  };
  // The folder itself is what is locked, so that no lock file outlives the sandbox.
  fs.mkdirSync(sandbox.dir, { recursive: true, mode: 0o700 });
  return withFileLock(sandbox.dir, waiting, async () => {
    fs.mkdirSync(sandbox.dir, { recursive: true, mode: 0o700 });
    fs.chmodSync(sandbox.dir, 0o700);
    return work();
  });
}
