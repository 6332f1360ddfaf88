import { spawn, type ChildProcess } from "node:child_process";
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

const root = path.resolve(__dirname, "../../..");

/** What happened to one resource in one operation of the engine. */
export interface Step {
  urn: string;
  name: string;
  type: string;
  /** Pulumi's own words: create, update, delete, replace, same, refresh, ... */
  op: string;
  /** Property paths that differ, as the engine shows them. */
  diffs: string[];
}

/** One finished operation of the engine. */
export interface Run {
  code: number;
  /** Standard output and error in the order they came. */
  output: string;
  /** Steps on resources other than the stack and the providers that went well. */
  steps: Step[];
  /** Steps that failed. */
  failed: Step[];
  /** Error diagnostics, one text each. */
  errors: string[];
}

/** One line of the provider's own log. */
export type ProviderLogLine = Record<string, unknown> & { event: string };

interface EngineEvent {
  resourcePreEvent?: { metadata: StepMetadata };
  resOutputsEvent?: { metadata: StepMetadata };
  resOpFailedEvent?: { metadata: StepMetadata };
  diagnosticEvent?: { severity: string; message: string };
}
interface StepMetadata {
  op: string;
  urn: string;
  type: string;
  diffs?: string[];
  detailedDiff?: Record<string, unknown>;
}

const quiet = new Set(["pulumi:pulumi:Stack"]);

/**
 * A Pulumi project of its own in a temporary folder, run by the real engine. Meant to be used inside
 * the network of a sandbox, whose `exec` has put the engine and its state into the environment.
 */
export class Project {
  readonly folder: string;
  readonly logFile: string;
  private readonly eventFile: string;

  constructor(
    readonly name: string,
    /** TypeScript of index.ts; may import "labwright" and "labwright/resources". */
    program: string,
    readonly stack = "test",
  ) {
    this.folder = mkdtempSync(path.join(tmpdir(), `labwright-${name}-`));
    this.logFile = path.join(this.folder, "provider.jsonl");
    this.eventFile = path.join(this.folder, "events.jsonl");
    const modules = path.join(this.folder, "node_modules");
    mkdirSync(modules);
    symlinkSync(root, path.join(modules, "labwright"));
    for (const scope of ["@pulumi", "@muhlba91"]) {
      symlinkSync(path.join(root, "node_modules", scope), path.join(modules, scope));
    }
    writeFileSync(path.join(this.folder, "package.json"), '{"main":"index.ts"}\n');
    writeFileSync(
      path.join(this.folder, "Pulumi.yaml"),
      `name: ${name}\nruntime: nodejs\nmain: index.ts\nplugins:\n  providers:\n    - name: labwright\n      path: ${root}/provider\n`,
    );
    this.write(program);
  }

  write(program: string): void {
    writeFileSync(path.join(this.folder, "index.ts"), program);
  }

  /** Starts a command of the engine without waiting for it: to be killed, for instance. */
  start(args: string[], env: NodeJS.ProcessEnv = {}): { child: ChildProcess; ended: Promise<Run> } {
    rmSync(this.eventFile, { force: true });
    const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: this.folder,
      env: { ...process.env, PULUMI_DEBUG_COMMANDS: "true", LABWRIGHT_LOG: this.logFile, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    child.stdout.on("data", (data: Buffer) => (output += data.toString()));
    child.stderr.on("data", (data: Buffer) => (output += data.toString()));
    const ended = new Promise<Run>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        resolve({ code: code ?? -1, output, ...this.readEvents() });
      });
    });
    return { child, ended };
  }

  async run(args: string[], env?: NodeJS.ProcessEnv): Promise<Run> {
    return this.start(args, env).ended;
  }

  async init(): Promise<void> {
    const run = await this.run(["stack", "select", "--create", this.stack]);
    if (run.code !== 0) throw new Error(run.output);
  }

  private operation(name: string, args: string[]): string[] {
    return [name, "--stack", this.stack, "--event-log", this.eventFile, ...args];
  }
  up(...args: string[]): Promise<Run> {
    return this.run(this.operation("up", ["--yes", "--skip-preview", ...args]));
  }
  startUp(...args: string[]): { child: ChildProcess; ended: Promise<Run> } {
    return this.start(this.operation("up", ["--yes", "--skip-preview", ...args]));
  }
  preview(...args: string[]): Promise<Run> {
    return this.run(this.operation("preview", args));
  }
  refresh(...args: string[]): Promise<Run> {
    return this.run(this.operation("refresh", ["--yes", "--skip-preview", ...args]));
  }
  destroy(...args: string[]): Promise<Run> {
    return this.run(this.operation("destroy", ["--yes", "--skip-preview", ...args]));
  }

  /** `up` that has to succeed. */
  async apply(...args: string[]): Promise<Run> {
    const run = await this.up(...args);
    if (run.code !== 0) throw new Error(`up failed\n${run.output}`);
    return run;
  }

  /** The stack's state as `pulumi stack export` gives it: secrets encrypted. */
  async exportState(): Promise<string> {
    const file = path.join(this.folder, "export.json");
    const run = await this.run(["stack", "export", "--stack", this.stack, "--file", file]);
    if (run.code !== 0) throw new Error(run.output);
    return readFileSync(file, "utf8");
  }
  async importState(state: string): Promise<void> {
    const file = path.join(this.folder, "import.json");
    writeFileSync(file, state);
    const run = await this.run(["stack", "import", "--stack", this.stack, "--file", file]);
    if (run.code !== 0) throw new Error(run.output);
  }
  async outputs(): Promise<Record<string, unknown>> {
    const args = ["stack", "output", "--json", "--show-secrets", "--stack", this.stack];
    const run = await this.run(args);
    if (run.code !== 0) throw new Error(run.output);
    return JSON.parse(run.output) as Record<string, unknown>;
  }

  /** What the provider logged since the last call. */
  providerLog(): ProviderLogLine[] {
    if (!existsSync(this.logFile)) return [];
    const lines = readFileSync(this.logFile, "utf8").trim();
    rmSync(this.logFile);
    return lines === "" ? [] : lines.split("\n").map((line) => JSON.parse(line) as ProviderLogLine);
  }

  /** Takes the stack and the folder away; what it made on machines has to be destroyed before. */
  async remove(): Promise<void> {
    await this.run(["stack", "rm", "--yes", "--force", this.stack]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private readEvents(): Pick<Run, "steps" | "failed" | "errors"> {
    if (!existsSync(this.eventFile)) return { steps: [], failed: [], errors: [] };
    const events = readFileSync(this.eventFile, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as EngineEvent);
    const steps = new Map<string, Step>();
    const failed = new Set(
      events
        .map((event) => event.resOpFailedEvent?.metadata)
        .map((metadata) => metadata && `${metadata.urn} ${metadata.op}`),
    );
    for (const event of events) {
      const metadata = event.resOutputsEvent?.metadata ?? event.resourcePreEvent?.metadata;
      if (!metadata || quiet.has(metadata.type) || metadata.type.startsWith("pulumi:providers:"))
        continue;
      const diffs = Object.keys(metadata.detailedDiff ?? {});
      steps.set(`${metadata.urn} ${metadata.op}`, {
        urn: metadata.urn,
        name: metadata.urn.split("::").at(-1)!,
        type: metadata.type,
        op: metadata.op,
        diffs: diffs.length > 0 ? diffs : (metadata.diffs ?? []),
      });
    }
    const errors = events
      .filter((event) => event.diagnosticEvent?.severity === "error")
      .map((event) => event.diagnosticEvent!.message.trim());
    const wentWell = (well: boolean): Step[] =>
      [...steps].filter(([key]) => failed.has(key) !== well).map(([, step]) => step);
    return { steps: wentWell(true), failed: wentWell(false), errors };
  }
}

/** Names of the resources on which something else than `same` was done: `{ create: ["a"], update: ["b"] }`. */
export function changes(run: Run): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  for (const step of run.steps) {
    if (step.op !== "same") (result[step.op] ??= []).push(step.name);
  }
  for (const names of Object.values(result)) names.sort();
  return result;
}
