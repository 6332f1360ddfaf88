import { createHash, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream, mkdirSync, rmSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pipeline } from "node:stream/promises";
import busboy from "busboy";
import { failure } from "../api-error";
import type { Parameters } from "./request-body";

/** A file that was sent, on disk until the upload's task takes it. */
export interface UploadedFile {
  /** Where it is on this machine. */
  path: string;
  /** Where a real node would have put it. */
  nodePath: string;
  size: number;
  /** SHA-256 and the other digests that a client may ask to be checked, in hex. */
  digest(algorithm: string): Promise<string>;
}

export interface Upload {
  parameters: Parameters;
  file?: UploadedFile;
}

export const isMultipart = (request: IncomingMessage): boolean =>
  (request.headers["content-type"] ?? "").startsWith("multipart/form-data");

/**
 * Reads an upload. As in Proxmox VE, only the fields before the file count; the file is streamed to the folder.
 */
export async function readUpload(request: IncomingMessage, folder: string): Promise<Upload> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const parameters: Parameters = {};
  const parser = busboy({ headers: request.headers, defParamCharset: "utf8", preservePath: true });
  let file: Promise<UploadedFile> | undefined;
  parser.on("field", (name, value) => {
    if (file === undefined) parameters[name] = value;
  });
  parser.on("file", (name, stream, { filename }) => {
    if (file !== undefined || name !== "filename") return void stream.resume();
    parameters.filename = filename ?? "";
    file = store(stream, folder);
    file.catch(() => undefined);
  });
  try {
    await pipeline(request, parser);
  } catch (error) {
    const stored = await file?.catch(() => undefined);
    if (stored !== undefined) rmSync(stored.path, { force: true });
    throw failure(`upload failed: ${(error as Error).message}`);
  }
  return { parameters, file: await file };
}

async function store(stream: NodeJS.ReadableStream, folder: string): Promise<UploadedFile> {
  const name = `pveupload-${randomBytes(16).toString("hex")}`;
  const target = path.join(folder, name);
  const out = createWriteStream(target, { mode: 0o600 });
  await pipeline(stream, out);
  return {
    path: target,
    nodePath: `/var/tmp/${name}`,
    size: out.bytesWritten,
    digest: (algorithm) => fileDigest(target, algorithm),
  };
}

/** The digest of a file's content in hex. */
export async function fileDigest(file: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** What is no upload gets no answer: the connection is closed after a while. */
export async function dropConnection(
  request: IncomingMessage,
  milliseconds: number,
): Promise<never> {
  await sleep(milliseconds);
  request.socket.destroy();
  throw new Error("the request was no upload");
}
