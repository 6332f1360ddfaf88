import type { IncomingMessage } from "node:http";
import type { ParameterValue } from "../parameters/check";
import { ApiError } from "../api-error";

export type Parameters = Record<string, ParameterValue>;

/** Proxmox VE's limit for a request body that is no upload. */
const LARGEST_BODY = 512 * 1024;

/** An answer without the usual JSON around it. */
export class PlainAnswer extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    readonly body: string,
  ) {
    super(reason);
  }
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > LARGEST_BODY)
    throw new PlainAnswer(501, "for data too large", "for data too large");
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LARGEST_BODY)
      throw new PlainAnswer(501, "for data too large", "for data too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A parameter that is given twice is lost, as in Proxmox VE, unless it is a list. */
export function parseForm(text: string, isList: (name: string) => boolean): Parameters {
  const parameters: Parameters = {};
  const seen = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text))
    seen.set(name, [...(seen.get(name) ?? []), value]);
  for (const [name, values] of seen) {
    if (isList(name)) parameters[name] = values;
    else if (values.length === 1) parameters[name] = values[0] ?? "";
  }
  return parameters;
}

const asText = (value: unknown): string =>
  typeof value === "boolean" ? (value ? "1" : "0") : String(value);

function parseJson(text: string): Parameters {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    const line = `'"' expected, at character offset 1 (before "${text.slice(1, 20)}") at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 934.`;
    throw new PlainAnswer(500, line, `${line}\n`);
  }
  if (data === null || typeof data !== "object" || Array.isArray(data)) return {};
  const parameters: Parameters = {};
  for (const [name, value] of Object.entries(data)) {
    if (value === null || (typeof value === "object" && !Array.isArray(value)))
      throw new ApiError(500, "format error", { _root: "an object is required" });
    parameters[name] = Array.isArray(value) ? value.map(asText) : asText(value);
  }
  return parameters;
}

/** The parameters in a request's body: urlencoded or JSON. */
export async function bodyParameters(
  request: IncomingMessage,
  isList: (name: string) => boolean,
): Promise<Parameters> {
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim() ?? "";
  const body = await readAll(request);
  if (body.length === 0) return {};
  if (request.method === "DELETE") {
    const reason = "Unexpected content for method 'DELETE'";
    throw new PlainAnswer(501, reason, reason);
  }
  const text = body.toString("utf8");
  if (type === "application/json") return parseJson(text);
  if (type === "" || type === "application/x-www-form-urlencoded") return parseForm(text, isList);
  const reason = `upload 'Content-Type '${type}' not implemented`;
  throw new PlainAnswer(506, reason, reason);
}
