import { spawn } from "node:child_process";

export interface CommandOptions {
  /** Written to the command's standard input. Without it the command reads end-of-file. */
  stdin?: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Killed when it takes longer. Default: no limit. */
  timeoutSeconds?: number;
  /** Called with each line of standard output and error as it comes. */
  onLine?: (line: string) => void;
}

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end, without a shell. Rejects only when it cannot be started. */
export function tryCommand(
  file: string,
  args: string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const timer =
      options.timeoutSeconds === undefined
        ? undefined
        : setTimeout(() => child.kill("SIGKILL"), options.timeoutSeconds * 1000);
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      let rest = "";
      child[name].setEncoding("utf8");
      child[name].on("data", (text: string) => {
        output[name] += text;
        if (!options.onLine) return;
        const lines = (rest + text).split(/[\r\n]+/);
        rest = lines.pop() ?? "";
        for (const line of lines) options.onLine(line);
      });
    }
    // A command that ends without reading its input is judged by its exit code alone.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.stdin ?? "");
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (signal) output.stderr += `killed by ${signal}\n`;
      resolve({ exitCode: code ?? 128, ...output });
    });
  });
}

/** Runs a program and gives its standard output; a non-zero exit code is an error with what it said. */
export async function command(
  file: string,
  args: string[],
  options: CommandOptions = {},
): Promise<string> {
  const result = await tryCommand(file, args, options);
  if (result.exitCode !== 0) {
    const said = (result.stderr.trim() || result.stdout.trim()).split("\n").slice(-8).join("\n");
    throw new Error(`${file} ${args[0] ?? ""} failed with exit code ${result.exitCode}: ${said}`);
  }
  return result.stdout;
}
