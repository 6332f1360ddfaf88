import { setTimeout as sleep } from "node:timers/promises";

import type { Container, MachineConnection } from "../schema";
import type { Reply } from "./channel";
import { enterContainer, type Entry, renderEntering } from "./enter.render";
import { Cancelled, describeHost, HostUnreachable } from "./errors";
import { LockQueues } from "./lock-queues";
import { scriptResult, tail } from "./script-result";
import { renderScript } from "./script-text";
import type { Script, ScriptCarrier, ScriptResult } from "./shell";

/** Exit code of entered.sh for a machine that is not the expected one. */
const OTHER_MACHINE = 74;

/** Says whether the container's own services are up, as far as its PID 1 tells. */
const BOOTED = `case $(cat /proc/1/comm) in
  systemd)
    state=$(systemctl is-system-running 2>/dev/null) || :
    case $state in
      running | degraded | maintenance) ;;
      *) field booting "\${state:-starting}" ;;
    esac
    ;;
  systemd-nspawn | '(sd-'*) field booting starting ;;
esac`;

/**
 * A container entered from its host: each script goes over the host's connection and in its lanes, and is started in the
 * container's namespaces by the host. Nothing listens inside. Locks, ledger and reload counters are the container's own.
 */
export class EnteredHost implements ScriptCarrier {
  readonly connection: MachineConnection;
  private readonly locks = new LockQueues();
  private id: Promise<string | undefined> | undefined;
  /** The id that the last answer came with: a script for that machine is not run on the one that took its place. */
  private expected: string | undefined;

  constructor(
    private readonly parent: ScriptCarrier,
    private readonly container: Container,
    private readonly entry: Entry = enterContainer,
  ) {
    const { inside = [] } = parent.connection;
    this.connection = { ...parent.connection, inside: [...inside, container] };
  }

  run(script: Script): Promise<ScriptResult> {
    return this.locks.run(script, () => this.execute(script, false));
  }

  query(script: Script): Promise<ScriptResult> {
    return this.execute(script, true);
  }

  async machineId(): Promise<string | undefined> {
    this.id ??= this.query({ step: "ask for its id", text: "machine_id || :" }).then(
      ({ stdout }) => (this.expected = stdout.trim() || undefined),
    );
    try {
      return await this.id;
    } catch (error) {
      this.reconnect();
      throw error;
    }
  }

  reconnect(): void {
    this.id = undefined;
    this.expected = undefined;
  }

  async proveLogin(): Promise<void> {
    await this.parent.proveLogin();
    await this.query({ step: "enter", text: ":" });
  }

  async waitUntilReachable(options: { timeoutMs: number; signal?: AbortSignal }): Promise<void> {
    const start = Date.now();
    this.reconnect();
    await this.parent.waitUntilReachable(options);
    for (let pause = 100; ; pause = Math.min(pause * 1.5, 2_000)) {
      const error = await this.notReady();
      if (!error) return;
      if (Date.now() - start + pause > options.timeoutMs) {
        const seconds = Math.round(options.timeoutMs / 1000);
        throw new HostUnreachable(`${error.message} (waited ${seconds} s)`, true);
      }
      await sleep(pause, undefined, { signal: options.signal }).catch(() => {
        throw new Cancelled();
      });
    }
  }

  async carry(script: Script, query: boolean): Promise<Reply> {
    const { script: text, input } = renderScript(script);
    const reply = await this.parent.carry(
      {
        ...script,
        step: `${script.step} in container ${this.container.name}`,
        text: renderEntering(this.entry(this.container), this.expected),
        files: { script: text, input },
        lock: undefined,
      },
      query,
    );
    const entered = parseGreeting(reply.stdout);
    if (!entered) {
      if (reply.timedOut) return reply;
      const said = tail(reply.stderr.toString("utf8"), "") || `exit code ${reply.code}`;
      throw new HostUnreachable(`cannot reach ${describeHost(this.connection)}: ${said}`, true);
    }
    if (reply.code === OTHER_MACHINE && this.expected && entered.machineId !== this.expected) {
      this.reconnect();
      throw new Error(
        `${describeHost(this.connection)} became another machine meanwhile: its machine id is ${entered.machineId}; ` +
          `run the same command again`,
      );
    }
    return { ...reply, stdout: reply.stdout.subarray(entered.length) };
  }

  private async execute(script: Script, query: boolean): Promise<ScriptResult> {
    return scriptResult(this.connection, script, await this.carry(script, query));
  }

  private async notReady(): Promise<HostUnreachable | undefined> {
    try {
      const { fields } = await this.query({ step: "look whether it has booted", text: BOOTED });
      if (!fields.booting) return undefined;
      const what = `is still starting its services (systemctl is-system-running: ${fields.booting})`;
      return new HostUnreachable(`${describeHost(this.connection)} ${what}`, true);
    } catch (error) {
      if (error instanceof HostUnreachable) return error;
      throw error;
    }
  }
}

/** What entered.sh says once it is inside, before the script begins. */
function parseGreeting(stdout: Buffer): { machineId: string; length: number } | undefined {
  const [said = "", machineId, rest] = stdout.toString("latin1", 0, 256).split("\n", 3);
  if (!said.startsWith("\u0001field entered ") || rest === undefined) return undefined;
  return { machineId: machineId!, length: said.length + machineId!.length + 2 };
}
