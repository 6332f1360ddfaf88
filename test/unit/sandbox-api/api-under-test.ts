import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startApi, type ApiOptions, type RunningApi } from "../../../sandbox/api";
import {
  Client,
  PASSWORD,
  TOKEN,
  encodeForm,
  parseJson,
  type Answer,
} from "../../conformance/client";

export type Form = Record<string, string>;

/** A running API with an empty state folder, and ways to call it. */
export class ApiUnderTest {
  private constructor(
    readonly stateDir: string,
    private api: RunningApi,
    public client: Client,
  ) {}

  static async start(options: Partial<ApiOptions> = {}): Promise<ApiUnderTest> {
    const stateDir = mkdtempSync(path.join(tmpdir(), "sandbox-api-"));
    const api = await startApi(ApiUnderTest.options(stateDir, options));
    return new ApiUnderTest(stateDir, api, new Client(api.port, api.certificatePem));
  }

  private static options(stateDir: string, options: Partial<ApiOptions>): ApiOptions {
    const passwords = { "root@pam": PASSWORD };
    return {
      listen: { address: "127.0.0.1", port: 0 },
      stateDir,
      tokens: [TOKEN],
      passwords,
      ...options,
    };
  }

  get certificate(): string {
    return this.api.certificatePem;
  }

  /** Ends the process' part of the API and starts it again on the same state. */
  async restart(options: Partial<ApiOptions> = {}): Promise<void> {
    this.client.close();
    await this.api.close();
    this.api = await startApi(ApiUnderTest.options(this.stateDir, options));
    this.client = new Client(this.api.port, this.api.certificatePem);
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.api.close();
    rmSync(this.stateDir, { recursive: true, force: true });
  }

  /** A request as root's token, or with other headers. */
  async call(
    method: string,
    path: string,
    form?: Form,
    headers?: Record<string, string>,
  ): Promise<Answer> {
    const isQuery = method === "GET" || method === "DELETE";
    const query = isQuery && form !== undefined ? `?${encodeForm(form).toString()}` : "";
    return this.client.send({
      method,
      path: `/api2/json${path}${query}`,
      headers: {
        ...(headers ?? { Authorization: `PVEAPIToken=${TOKEN.id}=${TOKEN.secret}` }),
        ...(!isQuery && { "Content-Type": "application/x-www-form-urlencoded" }),
      },
      body: isQuery ? undefined : encodeForm(form ?? {}),
    });
  }

  /** The data of an answer that has to be a success. */
  async data<T>(method: string, path: string, form?: Form): Promise<T> {
    const answer = await this.call(method, path, form);
    if (answer.status !== 200)
      throw new Error(`${method} ${path}: ${String(answer.status)} ${answer.text}`);
    return (parseJson(answer.text) as { data: T }).data;
  }

  /** Starts a task and gives its exit status. */
  async task(method: string, path: string, form?: Form): Promise<string> {
    return this.taskEnd(await this.data<string>(method, path, form));
  }

  async taskEnd(upid: string): Promise<string> {
    for (;;) {
      const path = `/nodes/pve1/tasks/${encodeURIComponent(upid)}/status`;
      const status = await this.data<{ status: string; exitstatus?: string }>("GET", path);
      if (status.status === "stopped") return status.exitstatus ?? "";
      await sleep(5);
    }
  }

  config(vmid: number, type = "qemu"): Promise<Record<string, unknown>> {
    return this.data("GET", `/nodes/pve1/${type}/${String(vmid)}/config`);
  }

  status(vmid: number, type = "qemu"): Promise<Record<string, unknown>> {
    return this.data("GET", `/nodes/pve1/${type}/${String(vmid)}/status/current`);
  }
}

/** The parameters that were refused. */
export const errorsOf = (answer: Answer): Record<string, string> =>
  (parseJson(answer.text) as { errors?: Record<string, string> }).errors ?? {};

export const messageOf = (answer: Answer): string =>
  (parseJson(answer.text) as { message?: string } | undefined)?.message ?? "";
