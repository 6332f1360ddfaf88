import { setTimeout as sleep } from "node:timers/promises";

import type { MachineConnection } from "../schema";
import { logActivity } from "./activity-log";
import { type Channel, ChannelLost, type Reply } from "./channel";
import { connectionFailure } from "./connection-failure";
import {
  Cancelled,
  ConnectionBroken,
  describeHost,
  HostUnreachable,
  ScriptFailed,
  ScriptTimedOut,
} from "./errors";
import { LaneQueue } from "./lane-queue";
import { Limiter } from "./limiter";
import { parseFields, renderScript } from "./script-text";
import type { HostShell, Script, ScriptResult } from "./shell";

/** How a host starts the program behind its channel. */
export interface Connector {
  /** Starts a channel; the returned function is called once it is ready or has failed. */
  open(connection: MachineConnection): { channel: Channel; settled(): void };
  /** What every script has loaded. */
  prelude: string;
  connectTimeoutMs: number;
  /** Bounds how many connections start at once, over all hosts. */
  starts: Limiter;
}

interface Session {
  channel: Channel;
  queue: LaneQueue;
  machineId: string | undefined;
}

/** How long a host that could not be reached is not tried again, so that all its resources fail at once. */
const REMEMBER_FAILURE_MS = 5_000;
/** How long a login may be refused while a machine boots, before its keys are in place. */
const LOGIN_GRACE_MS = 30_000;
const DEFAULT_TIMEOUT_MS = 60_000;
/** One that has the lock and one that takes it the moment it is free, without a round trip between. */
const SENT_PER_LOCK = 2;
/** How long what runs may go on once Pulumi has cancelled, in milliseconds, before nobody waits for it any more. */
const CANCEL_GRACE_MS = 3_000;

/** One host: one connection at a time, opened when first needed and again when it was lost. */
export class Host implements HostShell {
  private session: Promise<Session> | undefined;
  private failure: { error: Error; until: number } | undefined;
  private readonly locks = new Map<string, Limiter>();
  private opening: Channel | undefined;
  private cancelled = false;

  constructor(
    readonly connection: MachineConnection,
    private readonly connector: Connector,
  ) {}

  run(script: Script): Promise<ScriptResult> {
    if (script.lock === undefined) return this.execute(script, false);
    let limiter = this.locks.get(script.lock);
    if (!limiter) this.locks.set(script.lock, (limiter = new Limiter(SENT_PER_LOCK)));
    return limiter.run(() => this.execute(script, false));
  }

  query(script: Script): Promise<ScriptResult> {
    return this.execute(script, true);
  }

  async machineId(): Promise<string | undefined> {
    return (await this.connect()).machineId;
  }

  async waitUntilReachable(options: { timeoutMs: number; signal?: AbortSignal }): Promise<void> {
    const start = Date.now();
    let refused: number | undefined;
    for (let pause = 250; ; pause = Math.min(pause * 1.5, 2_000)) {
      this.failure = undefined;
      try {
        await this.connect();
        return;
      } catch (error) {
        if (!(error instanceof HostUnreachable)) throw error;
        if (!error.temporary && Date.now() - (refused ??= Date.now()) > LOGIN_GRACE_MS) throw error;
        if (Date.now() - start + pause > options.timeoutMs) {
          const seconds = Math.round(options.timeoutMs / 1000);
          throw new HostUnreachable(`${error.message} (waited ${seconds} s)`, error.temporary);
        }
      }
      await sleep(pause, undefined, { signal: options.signal }).catch(() => {
        throw new Cancelled();
      });
    }
  }

  reconnect(): void {
    this.close();
    this.session = undefined;
  }

  async proveLogin(): Promise<void> {
    const visitor = new Host(this.connection, this.connector);
    try {
      await visitor.machineId();
    } finally {
      visitor.close();
    }
  }

  /** Gives up what waits, and soon what runs: on the host that goes on to its end. */
  cancel(): void {
    this.cancelled = true;
    this.opening?.end("cancelled");
    this.session?.then(
      ({ channel, queue }) => {
        queue.rejectWaiting(new Cancelled());
        setTimeout(() => channel.abandon("cancelled"), CANCEL_GRACE_MS).unref();
      },
      () => undefined,
    );
  }

  close(): void {
    this.session?.then(
      ({ channel }) => channel.close(),
      () => undefined,
    );
  }

  private async execute(script: Script, query: boolean): Promise<ScriptResult> {
    const timeoutMs = script.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const { script: text, input } = renderScript(script);
    for (let attempt = 1; ; attempt++) {
      const { queue } = await this.connect();
      if (this.cancelled) throw new Cancelled();
      let sent = false;
      const onSent = (): void => {
        sent = true;
        logActivity("script", { host: describeHost(this.connection), step: script.step, query });
      };
      try {
        return this.result(
          script,
          timeoutMs,
          await queue.run({ script: text, input, timeoutMs, query, onSent }),
        );
      } catch (error) {
        if (!(error instanceof ChannelLost)) throw error;
        if (this.cancelled) throw new Cancelled(sent ? this.stepOf(script) : undefined);
        if (attempt < 3 && (query || !sent)) continue;
        throw new ConnectionBroken(
          `the connection to ${describeHost(this.connection)} broke during "${script.step}" (${error.message}); ` +
            `run the same command again: what was already done is recognised`,
        );
      }
    }
  }

  private result(script: Script, timeoutMs: number, reply: Reply): ScriptResult {
    const step = this.stepOf(script);
    const stderr = reply.stderr.toString("utf8");
    if (reply.timedOut) {
      const seconds = Math.round(timeoutMs / 1000);
      throw new ScriptTimedOut(
        `${step}: took longer than ${seconds} s and was ended${tail(stderr, "; it said: ")}`,
      );
    }
    if (reply.code !== 0 && !script.answers?.includes(reply.code)) {
      const said = tail(stderr, "") || tail(reply.stdout.toString("utf8"), "");
      throw new ScriptFailed(`${step}: ${said || `exit code ${reply.code}`}`, reply.code, stderr);
    }
    const { fields, rest } = parseFields(reply.stdout);
    return { code: reply.code, stdout: rest, stderr, fields };
  }

  private stepOf({ step }: Script): string {
    return `${step} on ${describeHost(this.connection)}`;
  }

  private connect(): Promise<Session> {
    if (this.session) return this.session;
    if (this.failure && Date.now() < this.failure.until) return Promise.reject(this.failure.error);
    const session = this.connector.starts.run(() => this.open());
    this.session = session;
    const forget = (): void => {
      if (this.session === session) this.session = undefined;
    };
    session.then(
      ({ channel, queue }) => {
        channel.onLost = (error) => {
          forget();
          queue.rejectWaiting(error);
        };
        if (channel.lost) channel.onLost(channel.lost);
      },
      (error: Error) => {
        forget();
        this.failure = { error, until: Date.now() + REMEMBER_FAILURE_MS };
      },
    );
    return session;
  }

  private async open(): Promise<Session> {
    if (this.cancelled) throw new Cancelled();
    const host = describeHost(this.connection);
    logActivity("connect", { host });
    const { channel, settled } = this.connector.open(this.connection);
    this.opening = channel;
    const queue = new LaneQueue(channel);
    try {
      const { machineId, reader } = await channel.start(
        this.connector.prelude,
        this.connector.connectTimeoutMs,
      );
      logActivity("connected", { host, reader });
      return { channel, queue, machineId };
    } catch (error) {
      if (this.cancelled) throw new Cancelled();
      throw error instanceof ChannelLost ? connectionFailure(this.connection, error) : error;
    } finally {
      this.opening = undefined;
      settled();
    }
  }
}

/** The last lines of what a program said. */
function tail(text: string, before: string): string {
  const lines = text.trim().split("\n").slice(-20).join("\n");
  // Not within a word: half a secret would not be recognised as one.
  const said = lines.length > 4000 ? lines.slice(-4000).replace(/^\S*/, "...") : lines;
  return said && before + said;
}
