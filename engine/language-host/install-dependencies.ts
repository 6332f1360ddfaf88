import type { ServerWritableStream } from "@grpc/grpc-js";
import {
  InstallDependenciesResponse,
  type InstallDependenciesRequest,
} from "@pulumi/pulumi/proto/language_pb";

import { runtimeOptions } from "./runtime-options";
import { streamChild } from "./streamed-child";

const packageManagers = ["npm", "yarn", "pnpm", "bun"];

/** `pulumi install`: has the program's package manager install what package.json asks for. */
export async function installDependencies(
  call: ServerWritableStream<InstallDependenciesRequest, InstallDependenciesResponse>,
): Promise<void> {
  const info = call.request.getInfo();
  const manager = runtimeOptions(info).packagemanager;
  if (!packageManagers.includes(manager)) {
    throw new Error(
      `Pulumi.yaml: runtime.options.packagemanager is ${JSON.stringify(manager)}; ` +
        `use one of ${packageManagers.join(", ")}`,
    );
  }
  const chunk = (stream: "stdout" | "stderr", data: Buffer): InstallDependenciesResponse => {
    const response = new InstallDependenciesResponse();
    if (stream === "stdout") response.setStdout(data);
    else response.setStderr(data);
    return response;
  };
  const cwd = info?.getProgramDirectory() || call.request.getDirectory();
  const { code } = await streamChild(call, manager, ["install"], { cwd }, chunk);
  if (code !== 0) throw new Error(`${manager} install failed in ${cwd} (exit code ${code})`);
}
