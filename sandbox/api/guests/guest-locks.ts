import { setTimeout as sleep } from "node:timers/promises";
import { failure } from "../api-error";

/** How long one waits for another's change of the same guest. Source: PVE::AbstractConfig::lock_config. */
const WAIT_MILLISECONDS = 10_000;

type OnWait = (line: string) => void;

interface Held {
  /** The last one that changes the guest. */
  writer?: Promise<void>;
  /** Those that only read it, such as clones of it. */
  readers: Set<Promise<void>>;
}

/** One change of a guest at a time; clones of it may run side by side. */
export class GuestLocks {
  private readonly held = new Map<number, Held>();

  /** Runs `change` alone on this guest; `onWait` is told when it has to wait and when the wait is over. */
  with<T>(vmid: number, change: () => Promise<T>, onWait?: OnWait): Promise<T> {
    const held = this.of(vmid);
    const before = [...held.readers, ...(held.writer === undefined ? [] : [held.writer])];
    const { promise, release } = latch();
    const tail = Promise.all(before).then(() => promise);
    held.writer = tail;
    return this.run(vmid, before, change, onWait, () => {
      release();
      if (held.writer === tail) held.writer = undefined;
      this.tidy(vmid, held);
    });
  }

  /** Runs `use` while nobody changes this guest. */
  shared<T>(vmid: number, use: () => Promise<T>, onWait?: OnWait): Promise<T> {
    const held = this.of(vmid);
    const before = held.writer === undefined ? [] : [held.writer];
    const { promise, release } = latch();
    held.readers.add(promise);
    return this.run(vmid, before, use, onWait, () => {
      release();
      held.readers.delete(promise);
      this.tidy(vmid, held);
    });
  }

  private of(vmid: number): Held {
    const held = this.held.get(vmid) ?? { readers: new Set() };
    this.held.set(vmid, held);
    return held;
  }

  private tidy(vmid: number, held: Held): void {
    if (held.writer === undefined && held.readers.size === 0) this.held.delete(vmid);
  }

  private async run<T>(
    vmid: number,
    before: Promise<void>[],
    work: () => Promise<T>,
    onWait: OnWait | undefined,
    done: () => void,
  ): Promise<T> {
    try {
      if (before.length > 0) await this.wait(vmid, Promise.all(before), onWait);
      return await work();
    } finally {
      done();
    }
  }

  private async wait(
    vmid: number,
    before: Promise<unknown>,
    onWait: OnWait | undefined,
  ): Promise<void> {
    onWait?.("trying to acquire lock...");
    const timer = new AbortController();
    const timeout = sleep(WAIT_MILLISECONDS, "late", { signal: timer.signal }).catch(
      () => "stopped",
    );
    const outcome = await Promise.race([before.then(() => "mine"), timeout]);
    timer.abort();
    if (outcome === "late")
      throw failure(
        `can't lock file '/var/lock/qemu-server/lock-${String(vmid)}.conf' - got timeout`,
      );
    onWait?.(" OK");
  }
}

function latch(): { promise: Promise<void>; release: () => void } {
  let release: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { promise, release };
}
