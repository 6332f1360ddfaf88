import { setTimeout as sleep } from "node:timers/promises";

import type { MachineConnection } from "../schema";
import { logActivity } from "./activity-log";
import { type Channel, ChannelLost, type Reply } from "./channel";
import { connectionFailure } from "./connection-failure";
import { Cancelled, ConnectionBroken, describeHost, HostUnreachable } from "./errors";
import { LaneQueue } from "./lane-queue";
import type { Limiter } from "./limiter";
import { LockQueues } from "./lock-queues";
import { scriptResult, stepOn } from "./script-result";
import { renderScript } from "./script-text";
import { DEFAULT_TIMEOUT_MS, type Script, type ScriptCarrier, type ScriptResult } from "./shell";

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
/** How long what runs may go on once Pulumi has cancelled, in milliseconds, before nobody waits for it any more. */
const CANCEL_GRACE_MS = 3_000;

/** One host: one connection at a time, opened when first needed and again when it was lost. */
export class Host implements ScriptCarrier {
  private session: Promise<Session> | undefined;
  private failure: { error: Error; until: number } | undefined;
  private readonly locks = new LockQueues();
  private opening: Channel | undefined;
  private cancelled = false;

  constructor(
    readonly connection: MachineConnection,
    private readonly connector: Connector,
  ) {}

  run(script: Script): Promise<ScriptResult> {
    return this.locks.run(script, () => this.execute(script, false));
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

  async carry(script: Script, query: boolean): Promise<Reply> {
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
        return await queue.run({ script: text, input, timeoutMs, query, onSent });
      } catch (error) {
        if (!(error instanceof ChannelLost)) throw error;
        if (this.cancelled) throw new Cancelled(sent ? stepOn(this.connection, script) : undefined);
        if (attempt < 3 && (query || !sent)) continue;
        throw new ConnectionBroken(
          `the connection to ${describeHost(this.connection)} broke during "${script.step}" (${error.message}); ` +
            `run the same command again: what was already done is recognised`,
        );
      }
    }
  }

  private async execute(script: Script, query: boolean): Promise<ScriptResult> {
    return scriptResult(this.connection, script, await this.carry(script, query));
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
