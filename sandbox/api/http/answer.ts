import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError, errorText } from "../api-error";
import { Listing } from "../routes/call";
import { PlainAnswer } from "./request-body";

export type Formatter = "json" | "extjs";

/** A reason phrase is one line of Latin-1. */
const reasonOf = (text: string): string =>
  (text.split("\n")[0] ?? "").replace(/[^\t\x20-\x7e\xa0-\xff]/g, " ");

function headers(response: ServerResponse, request: IncomingMessage): void {
  const date = new Date().toUTCString();
  response.setHeader("Cache-Control", "max-age=0");
  response.setHeader("Pragma", "no-cache");
  response.setHeader("Server", "pve-api-daemon/3.0");
  response.setHeader("Date", date);
  response.setHeader("Expires", date);
  if (request.method === "GET") response.setHeader("Connection", "Keep-Alive");
}

export function sendPlain(
  request: IncomingMessage,
  response: ServerResponse,
  { status, reason, body }: PlainAnswer,
): void {
  headers(response, request);
  response.setHeader("Connection", "close");
  response.writeHead(status, reasonOf(reason));
  response.end(body);
}

/** 401: nothing but a reason. */
export const sendUnauthenticated = (
  request: IncomingMessage,
  response: ServerResponse,
  reason: string,
): void => {
  sendPlain(request, response, new PlainAnswer(401, reason, ""));
};

function sendJson(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  reason: string,
  body: unknown,
): void {
  headers(response, request);
  const text = JSON.stringify(body);
  response.setHeader("Content-Type", "application/json;charset=UTF-8");
  response.setHeader("Content-Length", Buffer.byteLength(text));
  response.writeHead(status, reasonOf(reason));
  response.end(text);
}

export function sendData(
  request: IncomingMessage,
  response: ServerResponse,
  format: Formatter,
  answer: unknown,
): void {
  const isCounted = answer instanceof Listing && answer.total > 0;
  const data = answer instanceof Listing ? answer.data : (answer ?? null);
  const body = isCounted ? { data, total: answer.total } : { data };
  sendJson(request, response, 200, "OK", format === "extjs" ? { ...body, success: 1 } : body);
}

export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  format: Formatter,
  error: unknown,
): void {
  if (error instanceof PlainAnswer) return sendPlain(request, response, error);
  const { status, message, errors } =
    error instanceof ApiError ? error : new ApiError(500, `${errorText(error)}\n`);
  const body = { data: null, message, ...(errors !== undefined && { errors }) };
  if (format === "extjs")
    return sendJson(request, response, 200, "OK", { ...body, success: 0, status });
  sendJson(request, response, status, message, body);
}
