import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { packageRoot } from "../../engine/package-root";
import { busyMilliseconds, type LogLine } from "./provider-log";

/** One operation of the engine that ended well. */
export interface Timed {
  /** Wall clock, from the start of the `pulumi` process to its end. */
  ms: number;
  /** Wall clock in which our provider had at least one call to answer. */
  providerMs: number;
  connections: number;
  scripts: number;
}

const UP = ["--yes", "--skip-preview", "--suppress-progress"];

/** A Pulumi project whose operations are timed. */
export class PulumiProject {
  readonly logFile: string;
  private readonly scratch = mkdtempSync(path.join(tmpdir(), "labwright-bench-"));

  /** A project that is there already, with its program. */
  constructor(
    private readonly stack: string,
    private readonly folder?: string,
  ) {
    this.logFile = path.join(this.scratch, "provider.jsonl");
  }

  /** A project of its own, with this TypeScript as its program. */
  static of(name: string, program: string): PulumiProject {
    const project = new PulumiProject(name);
    const modules = path.join(project.scratch, "node_modules");
    mkdirSync(modules);
    symlinkSync(packageRoot, path.join(modules, "labwright"));
    for (const scope of ["@pulumi", "@muhlba91"])
      symlinkSync(path.join(packageRoot, "node_modules", scope), path.join(modules, scope));
    project.write("package.json", '{ "main": "index.ts" }\n');
    project.write("index.ts", program);
    project.write(
      "Pulumi.yaml",
      `name: bench\nruntime: nodejs\nplugins:\n  providers:\n    - name: labwright\n      path: ${packageRoot}/provider\n`,
    );
    return project;
  }

  async init(): Promise<void> {
    await this.run(["stack", "select", "--create", "--stack", this.stack]);
  }
  up(): Promise<Timed> {
    return this.run(["up", "--stack", this.stack, ...UP]);
  }
  preview(): Promise<Timed> {
    return this.run(["preview", "--stack", this.stack, "--suppress-progress"]);
  }
  refresh(): Promise<Timed> {
    return this.run(["refresh", "--stack", this.stack, ...UP]);
  }
  destroy(): Promise<Timed> {
    return this.run(["destroy", "--stack", this.stack, ...UP]);
  }

  /** Takes away the stack, which has to be empty, and the scratch folder. */
  async remove(): Promise<void> {
    await this.run(["stack", "rm", "--yes", "--stack", this.stack, "--preserve-config"]);
    rmSync(this.scratch, { recursive: true });
  }

  /** What the provider noted during the last operation. */
  log(): LogLine[] {
    if (!existsSync(this.logFile)) return [];
    const lines = readFileSync(this.logFile, "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as LogLine);
  }

  private write(file: string, text: string): void {
    writeFileSync(path.join(this.scratch, file), text);
  }

  private run(args: string[]): Promise<Timed> {
    rmSync(this.logFile, { force: true });
    const start = performance.now();
    const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: this.folder ?? this.scratch,
      env: { ...process.env, LABWRIGHT_LOG: this.logFile },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (data: Buffer) => (output += data.toString()));
    child.stderr.on("data", (data: Buffer) => (output += data.toString()));
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        const ms = performance.now() - start;
        if (code !== 0) {
          reject(new Error(`pulumi ${args[0]} ended with ${code}\n${output.slice(-4000)}`));
          return;
        }
        const log = this.log();
        const count = (event: string): number => log.filter((line) => line.event === event).length;
        resolve({
          ms,
          providerMs: busyMilliseconds(log),
          connections: count("connect"),
          scripts: count("script"),
        });
      });
    });
  }
}
