import { createWriteStream, existsSync, renameSync, rmSync } from "node:fs";
import { get as httpGet, type IncomingMessage } from "node:http";
import { get as httpsGet } from "node:https";
import { pipeline } from "node:stream/promises";
import { failure } from "../api-error";
import { fileDigest } from "../http/upload";
import type { Task } from "../tasks/task-manager";

const TIMEOUT_MILLISECONDS = 30_000;
const MOST_REDIRECTS = 5;

/** An answer that is no success; `exitCode` is wget's. */
class HttpStatus extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
  ) {
    super(`${String(status)} ${reason}`);
  }
}

interface Request {
  verifyCertificates: boolean;
  method?: "GET" | "HEAD";
  signal?: AbortSignal;
}

/** The answer to a request, after redirects; rejects with an HttpStatus or the connection's error. */
function request(url: string, how: Request, redirects = 0): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = {
      method: how.method ?? "GET",
      rejectUnauthorized: how.verifyCertificates,
      signal: how.signal,
    };
    const get = url.startsWith("https:") ? httpsGet : httpGet;
    const sent = get(url, options, (response) => {
      const { statusCode = 0, statusMessage = "", headers } = response;
      const isRedirect = statusCode >= 300 && statusCode < 400 && headers.location !== undefined;
      if (statusCode === 200) return void resolve(response);
      response.resume();
      if (!isRedirect || redirects >= MOST_REDIRECTS)
        return void reject(new HttpStatus(statusCode, statusMessage));
      resolve(request(new URL(headers.location ?? "", url).href, how, redirects + 1));
    });
    sent.setTimeout(TIMEOUT_MILLISECONDS, () => sent.destroy(new Error("Connection timed out")));
    sent.on("error", reject);
  });
}

const hostAndPort = (url: string): string => {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port === "" ? (protocol === "https:" ? "443" : "80") : port}`;
};

/** What went wrong with a connection, in the words of the C library. */
function connectionProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Partial<Record<string, string>> = {
    ECONNREFUSED: "Connection refused",
    ENOTFOUND: "Name or service not known",
    EHOSTUNREACH: "No route to host",
    ENETUNREACH: "Network is unreachable",
    ETIMEDOUT: "Connection timed out",
  };
  return known[code ?? ""] ?? message;
}

export interface UrlMetadata {
  size?: number;
  mimetype?: string;
  filename?: string;
}

/** What a server says of a file, without fetching it. */
export async function urlMetadata(url: string, verifyCertificates: boolean): Promise<UrlMetadata> {
  let response: IncomingMessage;
  try {
    response = await request(url, { method: "HEAD", verifyCertificates });
  } catch (error) {
    const text =
      error instanceof HttpStatus
        ? error.message
        : `500 Can't connect to ${hostAndPort(url)} (${connectionProblem(error)})`;
    throw failure(`invalid server response: '${text}'`);
  }
  response.resume();
  const {
    "content-length": length,
    "content-type": type,
    "content-disposition": disposition,
  } = response.headers;
  const named = /filename="?([^";]+)"?/.exec(disposition ?? "")?.[1];
  const filename = named ?? decodeURIComponent(new URL(url).pathname.replace(/^.*\//, ""));
  return {
    ...(length !== undefined && { size: Number(length) }),
    ...(type !== undefined && { mimetype: type.split(";")[0]?.trim() }),
    ...(filename !== "" && { filename }),
  };
}

export interface Download {
  url: string;
  /** On this machine. */
  target: string;
  /** As a real node would call it. */
  nodePath: string;
  checksum?: { algorithm: string; value: string };
  verifyCertificates: boolean;
}

const stamp = (): string => new Date().toISOString().replace("T", " ").slice(0, 19);

function humanSize(bytes: number): string {
  let [value, unit] = [bytes, ""];
  for (const next of ["K", "M", "G", "T"]) {
    if (value < 1024) break;
    [value, unit] = [value / 1024, next];
  }
  return value < 10 && unit !== ""
    ? `${value.toFixed(1)}${unit}`
    : `${String(Math.floor(value))}${unit}`;
}

/** Fetches a file in a task and logs as wget does. Errors: the file exists, the server refuses, the checksum differs. */
export async function download(
  task: Task,
  { url, target, nodePath, checksum, verifyCertificates }: Download,
): Promise<void> {
  task.log(`downloading ${url} to ${nodePath}`);
  if (existsSync(target)) throw failure(`refusing to override existing file '${nodePath}'`);
  const suffix = `.tmp_dwnl.${String(parseInt(task.upid.split(":")[2] ?? "0", 16))}`;
  const temporary = `${target}${suffix}`;
  try {
    await fetchTo(task, url, temporary, `${nodePath}${suffix}`, verifyCertificates);
    if (checksum !== undefined) await compare(task, temporary, checksum);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  task.log(`download of '${url}' to '${nodePath}' finished`);
}

async function fetchTo(
  task: Task,
  url: string,
  file: string,
  shown: string,
  verifyCertificates: boolean,
): Promise<void> {
  task.log(`--${stamp()}--  ${url}`);
  const connecting = `Connecting to ${hostAndPort(url)}...`;
  let response: IncomingMessage;
  try {
    response = await request(url, { verifyCertificates, signal: task.signal });
  } catch (error) {
    if (!(error instanceof HttpStatus))
      throw failure(`download failed: ${connecting} failed: ${connectionProblem(error)}.`);
    task.log(`${connecting} connected.`);
    task.log(`HTTP request sent, awaiting response... ${error.message}`);
    task.log(`${stamp()} ERROR ${String(error.status)}: ${error.reason}.`);
    throw failure("download failed: exit code 8");
  }
  task.log(`${connecting} connected.`);
  task.log("HTTP request sent, awaiting response... 200 OK");
  const length = Number(response.headers["content-length"] ?? 0);
  task.log(
    `Length: ${String(length)} (${humanSize(length)}) [${response.headers["content-type"] ?? "unknown"}]`,
  );
  task.log(`Saving to: '${shown}'`);
  const out = createWriteStream(file, { mode: 0o600 });
  const started = Date.now();
  await pipeline(response, out);
  const seconds = Math.max(Date.now() - started, 1) / 1000;
  const [bytes, speed] = [out.bytesWritten, (out.bytesWritten / 1024 ** 2 / seconds).toFixed(1)];
  task.log(
    `${stamp()} (${speed} MB/s) - '${shown}' saved [${String(bytes)}/${String(length || bytes)}]`,
  );
}

async function compare(
  task: Task,
  file: string,
  { algorithm, value }: { algorithm: string; value: string },
): Promise<void> {
  const got = await fileDigest(file, algorithm);
  if (got.toLowerCase() !== value.toLowerCase()) {
    task.log("calculating checksum...");
    throw failure(`checksum mismatch: got '${got}' != expect '${value}'`);
  }
  task.log("calculating checksum...OK, checksum verified");
}
