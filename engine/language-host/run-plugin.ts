import type { ServerWritableStream } from "@grpc/grpc-js";
import { RunPluginResponse, type RunPluginRequest } from "@pulumi/pulumi/proto/language_pb";

import { runnerEnvironment, sdkRunner } from "./run-program";
import { runtimeOptions } from "./runtime-options";
import { streamChild } from "./streamed-child";

/** Runs a plugin that is itself a Node program (PulumiPlugin.yaml with `runtime: nodejs`). */
export async function runPlugin(
  call: ServerWritableStream<RunPluginRequest, RunPluginResponse>,
): Promise<void> {
  const request = call.request;
  const info = request.getInfo();
  if (!info) throw new Error("the engine did not say which plugin to run");
  const options = runtimeOptions(info);
  const env = runnerEnvironment(options);
  for (const pair of request.getEnvList()) {
    const [key, ...value] = pair.split("=");
    env[key!] = value.join("=");
  }
  const directory = info.getProgramDirectory();
  const args = [
    ...options.nodeargs,
    sdkRunner("run-plugin", directory),
    directory,
    ...request.getArgsList(),
  ];
  const chunk = (stream: "stdout" | "stderr", data: Buffer): RunPluginResponse => {
    const response = new RunPluginResponse();
    if (stream === "stdout") response.setStdout(data);
    else response.setStderr(data);
    return response;
  };
  const ended = await streamChild(
    call,
    process.execPath,
    args,
    { cwd: request.getPwd() || directory, env },
    chunk,
  );
  const last = new RunPluginResponse();
  last.setExitcode(ended.code ?? 1);
  call.write(last);
}
