import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Runs work while holding an exclusive lock on a file. The kernel holds the lock for a `flock`
 * process that ends with this one, so a killed holder never leaves a lock behind. Where there is no
 * `flock` command the work runs unlocked.
 */
export async function withFileLock<T>(
  file: string,
  waiting: () => void,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const holder = spawn("flock", [file, "sh", "-c", "echo held; exec cat"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  holder.stdin.on("error", () => undefined);
  const notice = setTimeout(waiting, 500);
  try {
    await new Promise<void>((resolve, reject) => {
      holder.once("error", (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") resolve();
        else reject(error);
      });
      holder.stdout.once("data", () => {
        resolve();
      });
      holder.once("exit", () => {
        reject(new Error(`cannot lock ${file}`));
      });
    });
    clearTimeout(notice);
    return await work();
  } finally {
    clearTimeout(notice);
    holder.stdin.end();
  }
}
