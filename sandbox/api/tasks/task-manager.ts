import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { uptime } from "node:os";
import path from "node:path";
import { errorText } from "../api-error";
import { readIfThere } from "../atomic-file";
import { parseUpid, printUpid, type Upid } from "./upid";

/** What a worker sees of its task. */
export interface Task {
  readonly upid: string;
  log(line: string): void;
  /** Like `log`, and the task ends with `WARNINGS: n` instead of `OK`. */
  warn(line: string): void;
  /** Aborted when the task is deleted. */
  readonly signal: AbortSignal;
}

export interface TaskRecord extends Upid {
  upid: string;
  /** Seconds since 1970; missing while it runs. */
  endtime?: number;
  exitstatus?: string;
}

interface Running {
  record: TaskRecord;
  controller: AbortController;
  done: Promise<void>;
}

const INTERRUPTED = "interrupted by signal";

/** Runs workers, keeps their logs and the list of what has ended, as `/var/log/pve/tasks` does. */
export class TaskManager {
  private readonly running = new Map<string, Running>();
  private readonly ended: TaskRecord[] = [];
  private nextPid = 1000 + Math.floor(Math.random() * 1000);

  constructor(
    private readonly folder: string,
    private readonly node: string,
    /** How long a worker takes to start on a real node; 0 at full speed. */
    private readonly forkMilliseconds: number,
  ) {
    mkdirSync(path.join(folder, "logs"), { recursive: true, mode: 0o700 });
    for (const line of (readIfThere(this.indexFile) ?? "").split("\n")) this.restore(line);
  }

  private get indexFile(): string {
    return path.join(this.folder, "index");
  }
  private logFile(upid: string): string {
    return path.join(this.folder, "logs", upid.replaceAll("/", "%2F"));
  }

  /** Lines are `UPID` when a task starts and `UPID ENDTIME STATUS` when it ends. */
  private restore(line: string): void {
    const [text = "", endtime, ...status] = line.split(" ");
    const upid = parseUpid(text);
    if (upid === undefined) return;
    const known = this.ended.find((record) => record.upid === text);
    const record = known ?? {
      ...upid,
      upid: text,
      endtime: upid.starttime,
      exitstatus: INTERRUPTED,
    };
    if (known === undefined) this.ended.push(record);
    if (endtime !== undefined)
      Object.assign(record, { endtime: Number(endtime), exitstatus: status.join(" ") });
  }

  start(type: string, id: string, authid: string, worker: (task: Task) => Promise<void>): string {
    const pstart = Math.floor(uptime() * 100);
    const starttime = Math.floor(Date.now() / 1000);
    const parts: Upid = {
      node: this.node,
      pid: this.nextPid++,
      pstart,
      starttime,
      type,
      id,
      authid,
    };
    const record: TaskRecord = { ...parts, upid: printUpid(parts) };
    const controller = new AbortController();
    appendFileSync(this.logFile(record.upid), "", { mode: 0o600 });
    appendFileSync(this.indexFile, `${record.upid}\n`, { mode: 0o600 });
    const done = this.run(record, controller, worker);
    this.running.set(record.upid, { record, controller, done });
    return record.upid;
  }

  private async run(
    record: TaskRecord,
    controller: AbortController,
    worker: (task: Task) => Promise<void>,
  ): Promise<void> {
    let warnings = 0;
    const log = (line: string): void => {
      appendFileSync(this.logFile(record.upid), `${line}\n`);
    };
    const warn = (line: string): void => {
      warnings++;
      log(`WARN: ${line}`);
    };
    let status = "OK";
    try {
      await sleep(this.forkMilliseconds);
      await worker({ upid: record.upid, log, warn, signal: controller.signal });
      if (warnings > 0) status = `WARNINGS: ${String(warnings)}`;
      log(`TASK ${status}`);
    } catch (error) {
      status = errorText(error);
      log(`TASK ERROR: ${status}`);
    }
    record.endtime = Math.floor(Date.now() / 1000);
    record.exitstatus = status.replaceAll("\n", " ");
    appendFileSync(
      this.indexFile,
      `${record.upid} ${String(record.endtime)} ${record.exitstatus}\n`,
    );
    this.ended.push(record);
    this.running.delete(record.upid);
  }

  find(upid: string): TaskRecord | undefined {
    return this.running.get(upid)?.record ?? this.ended.find((record) => record.upid === upid);
  }
  isRunning(upid: string): boolean {
    return this.running.has(upid);
  }
  /** Waits for a task to end, but no longer than that. */
  async end(upid: string, milliseconds: number): Promise<void> {
    const task = this.running.get(upid);
    if (task) await within(milliseconds, task.done);
  }
  /** Newest first. */
  active(): TaskRecord[] {
    return [...this.running.values()].map(({ record }) => record).reverse();
  }
  archive(): TaskRecord[] {
    return [...this.ended].reverse();
  }
  log(upid: string): string[] | undefined {
    const file = this.logFile(upid);
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : undefined;
  }
  /** Asks a running task to end; it takes back what it has half done. Fine when it has ended. */
  stop(upid: string): void {
    this.running.get(upid)?.controller.abort();
  }
  /** Waits for what still runs, then asks it to end, then leaves it. */
  async close(graceMilliseconds: number): Promise<void> {
    await this.allEnded(graceMilliseconds);
    for (const upid of this.running.keys()) this.stop(upid);
    await this.allEnded(graceMilliseconds);
  }

  private async allEnded(milliseconds: number): Promise<void> {
    await within(milliseconds, Promise.all([...this.running.values()].map(({ done }) => done)));
  }
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([work, late]);
  timer.abort();
}

/** For workers: ends the task here when it was asked to end. */
export function checkInterrupted({ signal }: Pick<Task, "signal">): void {
  if (signal.aborted) throw new Error(INTERRUPTED);
}
