import { spawn } from "node:child_process";

/** What a finished command left behind. */
export interface Captured {
  /** The exit code; undefined when a signal or the time limit ended it. */
  code: number | undefined;
  stdout: string;
  stderr: string;
}

/**
 * Runs a command to its end and collects its output. A command that does not exist rejects; one
 * that runs longer than the limit is killed.
 */
export function capture(
  command: string,
  args: readonly string[],
  options: { seconds: number; cwd?: string; env?: NodeJS.ProcessEnv },
): Promise<Captured> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.seconds * 1000,
      killSignal: "SIGKILL",
    });
    const output: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
    child.stdout.on("data", (data: Buffer) => output.stdout.push(data));
    child.stderr.on("data", (data: Buffer) => output.stderr.push(data));
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({
        code: code ?? undefined,
        stdout: Buffer.concat(output.stdout).toString(),
        stderr: Buffer.concat(output.stderr).toString(),
      });
    });
  });
}

/** The last lines of an error output, which mostly hold the reason. */
export function lastLines(text: string, count = 12): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
