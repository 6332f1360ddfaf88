import type { Readable } from "node:stream";

import type { ServerWritableStream } from "@grpc/grpc-js";

import { startChild, type Ended } from "./child-processes";

/** Runs a command and streams its output to the engine, at the pace the engine takes it. */
export async function streamChild<Request, Response>(
  call: ServerWritableStream<Request, Response>,
  command: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
  chunk: (stream: "stdout" | "stderr", data: Buffer) => Response,
): Promise<Ended> {
  const { child, ended } = startChild(command, args, {
    ...options,
    stdio: ["ignore", "pipe", "pipe"],
  });
  call.on("cancelled", () => void child.kill("SIGTERM"));
  const forward = (name: "stdout" | "stderr", stream: Readable | null): void => {
    stream?.on("data", (data: Buffer) => {
      if (call.cancelled || call.write(chunk(name, data))) return;
      stream.pause();
      call.once("drain", () => stream.resume());
    });
  };
  forward("stdout", child.stdout);
  forward("stderr", child.stderr);
  return ended;
}
