import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Engine } from "../../../engine";
import { packageRoot } from "../../../engine/package-root";

/** How a command of the engine ended, and all it printed. */
export interface Finished {
  code: number | null;
  output: string;
}

/** A project without resources in a temporary folder, with state and settings of its own. */
export class TinyProject {
  readonly folder = mkdtempSync(join(tmpdir(), "labwright-tiny-"));

  constructor(
    private readonly engine: Engine,
    runtime = "nodejs",
  ) {
    mkdirSync(join(this.folder, "state"));
    symlinkSync(join(packageRoot, "node_modules"), join(this.folder, "node_modules"));
    this.write("Pulumi.yaml", `name: tiny\nruntime: ${runtime}\n`);
    this.write("package.json", `{"main": "index.ts", "dependencies": {"@pulumi/pulumi": "*"}}`);
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  start(args: string[], env: NodeJS.ProcessEnv = {}) {
    const child: ChildProcess = spawn(
      this.engine.pulumi,
      [...args, "--non-interactive", "--color", "never"],
      {
        cwd: this.folder,
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          ...process.env,
          ...this.engine.env,
          PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
          PULUMI_CONFIG_PASSPHRASE: "tiny",
          ...env,
        },
      },
    );
    let output = "";
    child.stdout!.on("data", (data: Buffer) => (output += data.toString()));
    child.stderr!.on("data", (data: Buffer) => (output += data.toString()));
    const finished = new Promise<Finished>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        resolve({ code, output });
      });
    });
    return { child, finished, output: () => output };
  }

  run(...args: string[]): Promise<Finished> {
    return this.start(args).finished;
  }

  /** A command that has to succeed; its output. */
  async must(...args: string[]): Promise<string> {
    const { code, output } = await this.run(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} exited with ${code}\n${output}`);
    return output;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
