import * as https from "node:https";

/** A client of the lab's own Proxmox API, as small as seeding a lab and looking at it need. */
export class ApiClient {
  constructor(
    private readonly address: string,
    private readonly token: string,
  ) {}

  async get<T>(path: string): Promise<T> {
    return (await this.request("GET", path)) as T;
  }

  /** Sends a form; a task that it starts is waited for. */
  async send(method: "POST" | "PUT" | "DELETE", path: string, form: Form = {}): Promise<unknown> {
    const data = await this.request(method, path, form);
    if (typeof data === "string" && data.startsWith("UPID:")) await this.finished(data);
    return data;
  }

  private async finished(upid: string): Promise<void> {
    const node = upid.split(":")[1] ?? "";
    for (;;) {
      const task = await this.get<{ status: string; exitstatus?: string }>(
        `/nodes/${node}/tasks/${encodeURIComponent(upid)}/status`,
      );
      if (task.status === "stopped") {
        if (task.exitstatus !== "OK") throw new Error(`task ${upid}: ${task.exitstatus}`);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private request(method: string, path: string, form?: Form): Promise<unknown> {
    const fields = Object.entries(form ?? {}).map(
      ([name, value]) => [name, String(value)] as const,
    );
    const body = form && new URLSearchParams(Object.fromEntries(fields)).toString();
    return new Promise((resolve, reject) => {
      const request = https.request(
        {
          host: this.address,
          port: 8006,
          method,
          path: `/api2/json${path}`,
          // The certificate is of the API's own making, a moment ago, in a network that is the lab's alone.
          rejectUnauthorized: false,
          headers: {
            authorization: `PVEAPIToken=${this.token}`,
            ...(body !== undefined && { "content-type": "application/x-www-form-urlencoded" }),
          },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => (text += chunk));
          response.on("end", () => {
            if (response.statusCode === 200) {
              resolve((JSON.parse(text) as { data: unknown }).data);
            } else {
              const reason = `${response.statusCode} ${response.statusMessage}`;
              reject(new Error(`${method} ${path}: ${reason} ${text}`.trim()));
            }
          });
        },
      );
      request.on("error", reject);
      request.end(body);
    });
  }
}

type Form = Record<string, string | number>;
