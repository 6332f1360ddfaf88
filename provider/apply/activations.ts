import { logActivity } from "../host/activity-log";
import { describeHost } from "../host/errors";
import { quote } from "../host/quote";
import type { HostShell } from "../host/shell";
import type { Change } from "../kind";
import { encode } from "./ownership";

/** A service to reload or restart, and the lock under which its configuration changes. */
export interface Activation extends NonNullable<Change["activate"]> {
  lock: string;
  /** Leave a service alone that does not run: its configuration was taken away. */
  onlyIfRunning: boolean;
}

interface Service {
  /** Changes that are being made and will want an activation. */
  changing: number;
  generation: number;
  /** The activation that has not begun yet, which everyone may join. */
  next: Promise<void> | undefined;
  idle: (() => void)[];
}

/**
 * The longest that a finished change waits for others to share its reload, in milliseconds. It waits for none when none
 * is being made; 200 sites, judged one after the other, then are a handful of reloads.
 */
const SHARE_MS = 5000;
/** A unit's own start timeout is 90 s (DefaultTimeoutStartSec, systemd-system.conf(5)). */
const TIMEOUT_MS = 120_000;

/**
 * Reloads that are shared: changes of one service that are made at the same time wait for each other, briefly, and then
 * for one reload. The counters on the host do the same between stacks.
 */
export class Activations {
  private readonly services = new Map<string, Service>();

  /** Makes a change and, when it gives a generation that is not covered yet, activates the service. */
  async around<T extends { fields: Readonly<Record<string, string>> }>(
    host: HostShell,
    activation: Activation,
    change: () => Promise<T>,
  ): Promise<T> {
    const service = this.service(host, activation);
    service.changing++;
    let result: T;
    try {
      result = await change();
    } finally {
      service.changing--;
      if (service.changing === 0) for (const wake of service.idle.splice(0)) wake();
    }
    const generation = Number(result.fields.generation ?? 0);
    if (generation > 0) await this.cover(host, activation, service, generation);
    return result;
  }

  private service(host: HostShell, { service, how }: Activation): Service {
    const key = `${JSON.stringify(host.connection)} ${how} ${service}`;
    let known = this.services.get(key);
    if (!known)
      this.services.set(key, (known = { changing: 0, generation: 0, next: undefined, idle: [] }));
    return known;
  }

  private cover(host: HostShell, activation: Activation, service: Service, generation: number) {
    service.generation = Math.max(service.generation, generation);
    service.next ??= this.activate(host, activation, service);
    return service.next;
  }

  private async activate(host: HostShell, activation: Activation, state: Service): Promise<void> {
    const { service, how, lock, onlyIfRunning } = activation;
    // Changes whose results have arrived together share the activation.
    await new Promise((resolve) => setImmediate(resolve));
    if (state.changing > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        timer = setTimeout(resolve, SHARE_MS);
        state.idle.push(resolve);
      });
      clearTimeout(timer);
    }
    // From here on a later change starts an activation of its own.
    state.next = undefined;
    const { generation } = state;
    const { fields } = await host.run({
      step: `${how} ${service}`,
      text: `lock ${quote(lock)}
activate ${quote(encode(service))} ${quote(service)} ${how} ${generation} ${onlyIfRunning ? 1 : 0}`,
      timeoutMs: TIMEOUT_MS,
    });
    logActivity("activate", {
      host: describeHost(host.connection),
      service,
      how,
      generation,
      result: fields.activated,
    });
  }
}
