import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";

/** How a child process ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Time between asking a child to end and ending it, in milliseconds. */
const grace = 5_000;

const running = new Set<ChildProcess>();
let stopping = false;

/** Starts a child process that `stopChildren()` ends. */
export function startChild(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(command, args, options);
  running.add(child);
  const ended = new Promise<Ended>((resolve, reject) => {
    // "close" comes after "exit", when all output has been read.
    child.once("close", (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
    child.once("error", (error) => {
      running.delete(child);
      reject(error);
    });
  });
  return { child, ended };
}

/** True once `stopChildren()` was called: the end of a child is then no fault of its own. */
export function isStopping(): boolean {
  return stopping;
}

/** Passes a signal on to all children, and ends those that are still there after five seconds. */
export async function stopChildren(signal: NodeJS.Signals): Promise<void> {
  stopping = true;
  const gone = Promise.all(
    [...running].map((child) => new Promise((resolve) => child.once("close", resolve))),
  );
  for (const child of running) child.kill(signal);
  const timer = setTimeout(() => {
    for (const child of running) child.kill("SIGKILL");
  }, grace);
  await gone;
  clearTimeout(timer);
}
