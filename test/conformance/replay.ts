import { setTimeout as sleep } from "node:timers/promises";
import { bodyOf, type Client, parseJson, type Answer } from "./client";
import { compare, type Difference } from "./comparison";
import { MadeUpValues } from "./made-up-values";
import { batchesOf, type Exchange, type Scenario } from "./recording";

export interface Outcome {
  exchange: Exchange;
  verdict: "match" | "different" | "skipped";
  differences: Difference[];
}

export interface ReplayOptions {
  client: Client;
  /** How much of a recorded pause is waited. */
  pauses: number;
  /** Recorded addresses and those of this replay: where downloads come from. */
  addresses: [string, string][];
}

const POLL_MILLISECONDS = 20;
const LONGEST_TASK_MILLISECONDS = 60_000;
/** Shorter pauses of the recording were only the client's own work. */
const SHORTEST_PAUSE_MILLISECONDS = 500;
const TICKET = /PVE:root@pam:[0-9A-F]{8}::[\w+/=]{100,}/;
/** Log lines that depend on the speed of the disk or the network. */
const PROGRESS = /^transferred .* of .*\(\d+\.\d+%\)$|^ +\d+K[ .]+\d+% +\S+$/;

/** Sends the requests of a scenario as they were recorded and compares the answers. */
export class Replay {
  private readonly values = new MadeUpValues();
  private readonly oldTasks = new Set<unknown>();
  private readonly pids = new Map<string, string>();
  private ticket?: string;

  constructor(
    private readonly scenario: Scenario,
    private readonly options: ReplayOptions,
  ) {}

  async run(): Promise<Outcome[]> {
    await this.setUp();
    const outcomes: Outcome[] = [];
    let clock: number | undefined;
    for (const batch of batchesOf(this.scenario)) {
      const pause = clock === undefined ? 0 : Math.min(...batch.map(({ begin }) => begin)) - clock;
      if (pause > SHORTEST_PAUSE_MILLISECONDS && batch[0]?.task !== "end")
        await sleep(pause * this.options.pauses);
      clock = Math.max(...batch.map(({ end }) => end));
      outcomes.push(...(await this.runBatch(batch)));
    }
    return outcomes;
  }

  private async setUp(): Promise<void> {
    const { client } = this.options;
    for (const { method, path, form } of this.scenario.setup) {
      const upid = await client.ask(method, path, form);
      if (typeof upid === "string" && upid.startsWith("UPID:"))
        await this.taskEnd(
          `/api2/json/nodes/${this.scenario.node}/tasks/${encodeURIComponent(upid)}`,
        );
    }
    const tasks = (await client.ask(
      "GET",
      `/api2/json/nodes/${this.scenario.node}/tasks?limit=1000`,
    )) as { upid: string }[];
    for (const { upid } of tasks) this.oldTasks.add(upid);
  }

  private async runBatch(batch: Exchange[]): Promise<Outcome[]> {
    const needsTicket = batch.some(
      (exchange) =>
        exchange.auth === "ticket" ||
        TICKET.test(JSON.stringify([exchange.form, exchange.headers])),
    );
    if (needsTicket) this.ticket = (await this.options.client.login()).ticket;
    const inOrder = [...batch].sort((a, b) => a.begin - b.begin);
    const answers = await Promise.all(
      inOrder.map(async (exchange, n) => {
        if (n > 0) await sleep(10 * n);
        return { exchange, answer: await this.attempt(exchange) };
      }),
    );
    return answers.map(({ exchange, answer }) => this.judge(exchange, answer));
  }

  private resolve(text: string): string {
    let resolved = this.values
      .resolve(text)
      .replace(/\bpid=\d+/g, (pid) => this.pids.get(pid) ?? pid);
    if (this.ticket !== undefined) resolved = resolved.replace(TICKET, this.ticket);
    for (const [recorded, replayed] of this.options.addresses)
      resolved = resolved.replaceAll(recorded, replayed);
    return resolved;
  }

  /** Escapes in a path what was escaped in the recording. */
  private resolvePath(path: string): string {
    return path
      .split("/")
      .map((segment) => {
        if (!segment.startsWith("UPID"))
          return this.resolve(segment.replaceAll("%3A", ":")).replaceAll(
            ":",
            segment.includes("%3A") ? "%3A" : ":",
          );
        const escaped = (segment.match(/%../g) ?? []).map((code) => decodeURIComponent(code));
        const resolved = this.resolve(decodeURIComponent(segment));
        return resolved.replace(/[^\w.-]/g, (c) =>
          escaped.includes(c) ? `%${c.charCodeAt(0).toString(16).toUpperCase()}` : c,
        );
      })
      .join("/");
  }

  private async attempt(exchange: Exchange): Promise<Answer> {
    const { client } = this.options;
    this.values.keep(JSON.stringify([exchange.form ?? "", exchange.content ?? ""]));
    const { body, type } = bodyOf(exchange, (text) => this.resolve(text));
    const headers: Record<string, string> = {
      Accept: "application/json",
      ...(type !== undefined && { "Content-Type": type }),
      ...(await client.credentials(exchange.auth, exchange.method)),
    };
    for (const [name, value] of Object.entries(exchange.headers ?? {})) {
      if (value === null) Reflect.deleteProperty(headers, name);
      else headers[name] = this.resolve(value);
    }
    const path = this.resolvePath(exchange.path);
    const task = path.replace(/\/(status|log)$/, "");
    if (exchange.task === "log") await this.taskEnd(task);
    const send = (): Promise<Answer> =>
      client.send({ method: exchange.method, path, headers, body });
    return exchange.task === "end" ? this.taskEnd(task, send) : send();
  }

  private async taskEnd(task: string, ask?: () => Promise<Answer>): Promise<Answer> {
    const { client } = this.options;
    const headers = await client.credentials("token", "GET");
    const send = ask ?? (() => client.send({ method: "GET", path: `${task}/status`, headers }));
    for (
      const deadline = Date.now() + LONGEST_TASK_MILLISECONDS;
      ;
      await sleep(POLL_MILLISECONDS)
    ) {
      const answer = await send();
      const body = parseJson(answer.text) as { data?: { status?: string } } | undefined;
      if (body?.data?.status !== "running" || Date.now() > deadline) return answer;
    }
  }

  private judge(exchange: Exchange, answer: Answer): Outcome {
    const differences = this.differences(exchange, answer);
    const verdict =
      exchange.skip !== undefined ? "skipped" : differences.length === 0 ? "match" : "different";
    return { exchange, verdict, differences };
  }

  private differences(exchange: Exchange, answer: Answer): Difference[] {
    let { text } = answer;
    for (const [recorded, replayed] of this.options.addresses)
      text = text.replaceAll(replayed, recorded);
    let reason = answer.reason;
    for (const [recorded, replayed] of this.options.addresses)
      reason = reason.replaceAll(replayed, recorded);
    const found = compare({ status: exchange.status }, { status: answer.status }, this.values);
    if (exchange.status !== 0)
      found.push(...compare({ reason: exchange.reason }, { reason }, this.values));
    if (exchange.body === undefined)
      return [...found, ...compare({ text: exchange.text }, { text }, this.values)];
    const actual = parseJson(text);
    if (actual === null || typeof actual !== "object")
      return [...found, { at: "body", expected: exchange.body, actual: text }];
    this.remember(exchange, actual as { data?: Record<string, unknown> });
    const [expected, pruned] = [structuredClone(exchange.body), this.prune(actual)];
    align(exchange.path, expected as Body, pruned as Body);
    return [...found, ...compare(expected, pruned, this.values, exchange)];
  }

  /** Secrets and process ids that later requests need. */
  private remember(exchange: Exchange, actual: { data?: Record<string, unknown> }): void {
    const id = actual.data?.["full-tokenid"];
    if (typeof id === "string") this.options.client.secrets.set(id, String(actual.data?.value));
    const recorded = (exchange.body as { data?: { pid?: number } | null }).data?.pid;
    if (exchange.path.endsWith("/agent/exec") && recorded !== undefined)
      this.pids.set(`pid=${String(recorded)}`, `pid=${String(actual.data?.pid)}`);
  }

  /** Tasks of the set-up were not there when the scenario was recorded. */
  private prune(value: unknown): unknown {
    if (Array.isArray(value))
      return value
        .filter((item) => !this.oldTasks.has((item as { upid?: string } | null)?.upid))
        .map((item) => this.prune(item));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, this.prune(inner)]),
    );
  }
}

interface Body {
  data?: unknown;
  total?: number;
}

/** Takes progress lines out of logs; and totals that count what is not in the recording. */
function align(path: string, expected: Body, actual: Body): void {
  let isCounted = !/\/tasks(\?|$)/.test(path);
  for (const body of [expected, actual]) {
    const lines = body.data as { n?: number; t?: string }[];
    if (
      !Array.isArray(lines) ||
      lines.length === 0 ||
      lines.some((line) => line.n === undefined || line.t === undefined)
    )
      continue;
    const kept = lines
      .filter(({ t = "" }) => !PROGRESS.test(t))
      .sort((a, b) => (a.n ?? 0) - (b.n ?? 0));
    if (kept.length === lines.length) continue;
    isCounted = false;
    body.data = kept.map((line, i) => ({ ...line, n: i + 1 }));
  }
  if (isCounted || expected.total === undefined || actual.total === undefined) return;
  delete expected.total;
  delete actual.total;
}
