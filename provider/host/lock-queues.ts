import { Limiter } from "./limiter";
import type { Script } from "./shell";

/** One that has the lock and one that takes it the moment it is free, without a round trip between. */
const SENT_PER_LOCK = 2;

/** Holds back scripts that would only wait for a lock on their host, so that they leave room for others. */
export class LockQueues {
  private readonly limiters = new Map<string, Limiter>();

  run<T>({ lock }: Pick<Script, "lock">, work: () => Promise<T>): Promise<T> {
    if (lock === undefined) return work();
    let limiter = this.limiters.get(lock);
    if (!limiter) this.limiters.set(lock, (limiter = new Limiter(SENT_PER_LOCK)));
    return limiter.run(work);
  }
}
