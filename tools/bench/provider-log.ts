/** A line that the provider appends to LABWRIGHT_LOG. */
export interface LogLine {
  /** When the line was written; for a call of the engine, its end. */
  time: string;
  event: string;
  host?: string;
  /** How long a call of the engine took. */
  ms?: number;
}

/** For how long the provider had at least one call of the engine to answer. Pure. */
export function busyMilliseconds(log: readonly LogLine[]): number {
  const calls = log
    .filter((line) => line.event === "rpc")
    .map(({ time, ms = 0 }) => ({ start: Date.parse(time) - ms, end: Date.parse(time) }))
    .sort((a, b) => a.start - b.start);
  let [busy, until] = [0, 0];
  for (const { start, end } of calls) {
    busy += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return busy;
}
