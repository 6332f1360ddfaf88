import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";

import { ReplyParser } from "./reply-parser";
import { shellSource } from "./shell-source";

/** How many scripts the agent runs side by side; its file descriptors 3 to 7, of the nine that every sh has. */
export const LANES = 5;

/** A complete frame's worth of work for the agent. */
export interface Frame {
  /** 1 to LANES. */
  lane: number;
  script: Buffer;
  input: Buffer;
  /** Past this many milliseconds the script's process group gets TERM, and 3 s later KILL. */
  timeoutMs: number;
}

/** What a script did. */
export interface Reply {
  code: number;
  stdout: Buffer;
  stderr: Buffer;
  timedOut: boolean;
}

/** The connection ended. `sent` tells whether the frame that waits may have acted. */
export class ChannelLost extends Error {
  constructor(
    reason: string,
    readonly stderr: string,
  ) {
    super(reason);
  }
}

/** What the agent said when it was ready. */
export interface Greeting {
  /** Which way of reading exact bytes works there. */
  reader: string;
  /** The machine's id, or undefined when it has none yet. */
  machineId: string | undefined;
}

interface Pending {
  resolve(reply: Reply): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
  timedOut: boolean;
}

const GRACE_MS = 3_000;
const SILENT_MS = 15_000;

/** A running agent behind a program's stdin and stdout, such as `ssh HOST sh`: sends frames, matches replies. */
export class Channel {
  private readonly child: ChildProcess;
  private readonly pending = new Map<number, Pending>();
  private readonly parser: ReplyParser;
  private readonly nonce = randomBytes(12).toString("hex");
  private next = 1;
  private stderr = "";
  private greeted: { resolve(greeting: Greeting): void; reject(error: Error): void } | undefined;

  /** Why the channel ended, once it has. */
  lost: ChannelLost | undefined;
  /** Called once when the channel ends. */
  onLost: (error: ChannelLost) => void = () => undefined;

  constructor(program: readonly string[], env: NodeJS.ProcessEnv) {
    const [file, ...args] = program as [string, ...string[]];
    this.parser = new ReplyParser({
      ready: (nonce, reader, machineId) => {
        if (nonce !== this.nonce) return;
        this.greeted?.resolve({ reader, machineId: machineId === "-" ? undefined : machineId });
      },
      reply: (id, reply) => this.settle(id, reply),
      fail: (reason) => this.end(reason),
    });
    this.child = spawn(file, args, { stdio: "pipe", env });
    this.child.stdin!.on("error", () => undefined); // the close event tells more
    this.child.stdout!.on("data", (data: Buffer) => this.parser.push(data));
    this.child.stderr!.on("data", (data: Buffer) => {
      this.stderr = (this.stderr + data.toString()).slice(-8192);
    });
    this.child.on("error", (error) => this.end(`cannot run ${file}: ${error.message}`));
    this.child.on("close", (code, signal) => this.end(`${file} ended with ${signal ?? code}`));
  }

  /** Starts the agent and loads the prelude. Rejects with ChannelLost. */
  async start(prelude: string, timeoutMs: number): Promise<Greeting> {
    let timer: NodeJS.Timeout | undefined;
    try {
      const greeting = await new Promise<Greeting>((resolve, reject) => {
        this.greeted = { resolve, reject };
        timer = setTimeout(() => this.end("no shell answered in time"), timeoutMs);
        if (this.lost) return reject(this.lost);
        // The shell may read ahead, so nothing else is sent to it before it is ready.
        const source = shellSource("host/machine-id.sh") + shellSource("host/agent.sh");
        this.child.stdin!.write(`${source}agent ${this.nonce}; exit\n`);
      });
      const bytes = Buffer.from(prelude);
      this.write(`prelude ${bytes.length}\n`, bytes, "end prelude\n");
      return greeting;
    } finally {
      clearTimeout(timer);
      this.greeted = undefined;
    }
  }

  /** Sends a frame and waits for its reply. */
  run(frame: Frame): Promise<Reply> {
    if (this.lost) return Promise.reject(this.lost);
    const id = this.next++;
    const { lane, script, input, timeoutMs } = frame;
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        resolve,
        reject,
        timedOut: false,
        timer: setTimeout(() => this.expire(id, pending), timeoutMs),
      };
      this.pending.set(id, pending);
      // The agent's own limit counts only once the client is gone.
      const limit = Math.ceil(timeoutMs / 1000);
      this.write(
        `run ${id} ${lane} ${limit} ${script.length} ${input.length}\n`,
        script,
        input,
        `end ${id}\n`,
      );
    });
  }

  /** Ends the channel: what runs on the host finishes, what waits there is dropped. */
  close(): void {
    this.child.stdin!.end();
  }

  private write(...parts: (string | Buffer)[]): void {
    this.child.stdin!.write(Buffer.concat(parts.map((part) => Buffer.from(part as string))));
  }

  private expire(id: number, pending: Pending): void {
    const again = pending.timedOut;
    pending.timedOut = true;
    this.write(`kill ${id} ${again ? "KILL" : "TERM"}\n`);
    pending.timer = again
      ? setTimeout(
          () => this.end("a script outlived KILL, or the host stopped answering"),
          SILENT_MS,
        )
      : setTimeout(() => this.expire(id, pending), GRACE_MS);
  }

  private settle(id: number, reply: Omit<Reply, "timedOut">): void {
    const pending = this.pending.get(id);
    if (!pending) return;
    this.pending.delete(id);
    clearTimeout(pending.timer);
    pending.resolve({ ...reply, timedOut: pending.timedOut });
  }

  /** Gives up every answer that is waited for: what runs on the host finishes. */
  abandon(reason: string): void {
    this.lose(reason);
    this.close();
  }

  /** Ends the channel at once. */
  end(reason: string): void {
    this.lose(reason);
    this.child.kill("SIGKILL");
  }

  private lose(reason: string): void {
    if (this.lost) return;
    this.lost = new ChannelLost(reason, this.stderr);
    this.greeted?.reject(this.lost);
    for (const pending of this.pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(this.lost);
    }
    this.pending.clear();
    this.onLost(this.lost);
  }
}
