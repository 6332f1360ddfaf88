import { Agent, request as httpsRequest } from "node:https";
import type { Exchange } from "./recording";

export interface Answer {
  status: number;
  reason: string;
  text: string;
}

export interface Outgoing {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: Buffer;
}

/** What the recordings were made with; the server is started with the same. */
export const TOKEN = { id: "root@pam!oracle", secret: "00000000-1111-4222-8333-444444444444" };
export const PASSWORD = "oracle-Passw0rd";

export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A file of the recorded size; a qcow2 image gets a header that says 64 MiB. */
function fileContent(filename: string, bytes: number): Buffer {
  const isImage = filename.endsWith(".qcow2");
  const content = Buffer.alloc(bytes, isImage ? 0 : "x");
  if (isImage) {
    content.write("QFI\xfb", 0, "latin1");
    content.writeUInt32BE(3, 4);
    content.writeBigUInt64BE(BigInt(64 * 1024 ** 2), 24);
  }
  return content;
}

const BOUNDARY = "conformance-4f1d0c";

function multipart(parts: NonNullable<Exchange["multipart"]>): Buffer {
  const chunks = parts.flatMap(([name, value]) => {
    const start = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"`;
    if (typeof value === "string") return [`${start}\r\n\r\n${value}\r\n`];
    const file = `; filename="${value.filename}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
    return [`${start}${file}`, fileContent(value.filename, value.bytes), "\r\n"];
  });
  return Buffer.concat([...chunks, `--${BOUNDARY}--\r\n`].map((chunk) => Buffer.from(chunk)));
}

export const encodeForm = (form: Record<string, string | string[]>): Buffer =>
  Buffer.from(
    new URLSearchParams(
      Object.entries(form).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, one]),
      ),
    ).toString(),
  );

/** The body of a recorded request and its type. */
export function bodyOf(
  exchange: Exchange,
  resolve: (text: string) => string,
): { body?: Buffer; type?: string } {
  const { multipart: parts, content, contentType, form, method } = exchange;
  if (parts !== undefined)
    return { body: multipart(parts), type: `multipart/form-data; boundary=${BOUNDARY}` };
  if (content !== undefined) {
    const [, character, times] = /^(.) \* (\d+)$/.exec(content) ?? [];
    const text = character === undefined ? resolve(content) : character.repeat(Number(times));
    return { body: Buffer.from(text), type: contentType };
  }
  if (!["POST", "PUT", "PATCH"].includes(method)) return {};
  const resolved = Object.entries(form ?? {}).map(
    ([name, value]) => [name, [value].flat().map(resolve)] as const,
  );
  return {
    body: encodeForm(Object.fromEntries(resolved)),
    type: "application/x-www-form-urlencoded",
  };
}

/** Sends requests to one server whose certificate is known. A broken connection is an answer with status 0. */
export class Client {
  private readonly agent: Agent;
  private session?: { ticket: string; CSRFPreventionToken: string };
  /** Secrets of tokens that the scenario made, by full id. */
  readonly secrets = new Map<string, string>();

  constructor(
    private readonly port: number,
    certificatePem: string,
  ) {
    this.agent = new Agent({ keepAlive: true, ca: certificatePem });
  }

  close(): void {
    this.agent.destroy();
  }

  send({ method, path, headers, body }: Outgoing): Promise<Answer> {
    return new Promise((resolve) => {
      const request = httpsRequest(
        {
          host: "127.0.0.1",
          servername: "localhost",
          port: this.port,
          agent: this.agent,
          method,
          path,
          headers: {
            ...(body !== undefined && { "Content-Length": String(body.length) }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          const done = (): void => {
            const { statusCode = 0, statusMessage = "" } = response;
            resolve({
              status: statusCode,
              reason: statusMessage,
              text: Buffer.concat(chunks).toString("utf8"),
            });
          };
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", done);
          response.on("error", done);
        },
      );
      request.on("error", (error) => {
        resolve({ status: 0, reason: `(connection) ${error.message}`, text: "" });
      });
      request.end(body);
    });
  }

  /** A request of the replay's own. */
  async ask(method: string, path: string, form?: Record<string, string>): Promise<unknown> {
    const headers = {
      ...(await this.credentials("token", method)),
      "Content-Type": "application/x-www-form-urlencoded",
    };
    const body = method === "GET" ? undefined : encodeForm(form ?? {});
    const answer = await this.send({ method, path, headers, body });
    return (parseJson(answer.text) as { data?: unknown } | undefined)?.data;
  }

  async login(): Promise<{ ticket: string; CSRFPreventionToken: string }> {
    const body = encodeForm({ username: "root@pam", password: PASSWORD });
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    if (this.session === undefined) {
      const answer = await this.send({
        method: "POST",
        path: "/api2/json/access/ticket",
        headers,
        body,
      });
      this.session = (
        JSON.parse(answer.text) as { data: { ticket: string; CSRFPreventionToken: string } }
      ).data;
    }
    return this.session;
  }

  async credentials(label: string, method: string): Promise<Record<string, string>> {
    if (label === "none") return {};
    if (label === "token") return { Authorization: `PVEAPIToken=${TOKEN.id}=${TOKEN.secret}` };
    if (label === "ticket") {
      const { ticket, CSRFPreventionToken } = await this.login();
      const cookie = { Cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}` };
      return method === "GET" ? cookie : { ...cookie, CSRFPreventionToken };
    }
    const [, user = "", n = "1"] =
      /^token:(.*?)(\d*)$/.exec(label)?.map((part) => part || undefined) ?? [];
    const ids = [...this.secrets.keys()].filter((id) => id.startsWith(`${user}@pve!`));
    const id = ids[Number(n) - 1] ?? "";
    return { Authorization: `PVEAPIToken=${id}=${this.secrets.get(id) ?? ""}` };
  }
}
