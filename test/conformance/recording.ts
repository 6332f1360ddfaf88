import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** A request to a real Proxmox VE node and what it answered. */
export interface Exchange {
  /** Number in the recording; known differences are keyed by it. */
  step: number;
  note?: string;
  /** Exchanges of one batch were sent at once. */
  batch: number;
  /** Milliseconds since the start of the recording. */
  begin: number;
  end: number;
  /** `end`: repeat until the task has ended. `log`: the task has to have ended before. */
  task?: "end" | "log";
  method: string;
  path: string;
  /** `token`, `ticket`, `none`, or `token:NAME` of a user made in the scenario. */
  auth: string;
  form?: Record<string, string | string[]>;
  multipart?: [string, string | { filename: string; bytes: number }][];
  /** A body as it is, `x * 1000` for repeated characters. */
  content?: string;
  contentType?: string;
  /** Headers beside the usual ones; null takes one away. */
  headers?: Record<string, string | null>;
  /** Sent, but not compared, and why. */
  skip?: string;
  /** Keys of the answer that a real node would have filled differently. */
  ignore?: string[];
  /** Guests that the node's status daemon may not have seen yet. */
  young?: number[];
  /** Only the kinds of values count. */
  loose?: boolean;
  /** A list that was cut when it was recorded. */
  truncated?: boolean;
  status: number;
  reason: string;
  body?: unknown;
  text?: string;
}

export interface Scenario {
  scenario: string;
  about: string;
  node: string;
  /** Requests that make what the scenario finds. */
  setup: { method: string; path: string; form?: Record<string, string> }[];
  exchanges: Exchange[];
}

const FOLDER = path.join(__dirname, "..", "fixtures", "pve");

export function readScenarios(): Scenario[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => JSON.parse(readFileSync(path.join(FOLDER, name), "utf8")) as Scenario);
}

/** Exchanges that were sent at once, together. */
export function batchesOf({ exchanges }: Scenario): Exchange[][] {
  const batches = new Map<number, Exchange[]>();
  for (const exchange of exchanges)
    batches.set(exchange.batch, [...(batches.get(exchange.batch) ?? []), exchange]);
  return [...batches.values()];
}
