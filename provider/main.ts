import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";

import { kinds } from "./kinds";
import { packageVersion } from "./package-version";
import { engineLog } from "./rpc/engine-log";
import { ProviderService } from "./rpc/service";

/** How often to look whether the engine is still there. */
const WATCH_MS = 1_000;

/** Serves the provider to the engine that started this process: prints the port, as Pulumi expects of a plugin. */
export function main(): void {
  const engine = process.argv.slice(2).find((argument) => /^[^-].*:\d+$/.test(argument));
  const service = new ProviderService({ kinds, version: packageVersion(), say: engineLog(engine) });
  const server = new Server({
    // File contents may be large; -1 is no limit.
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(ResourceProviderService, service.handlers());

  const stop = (): void => {
    service.close();
    server.forceShutdown();
    // OpenSSH has the end of its input by now; it ends when the scripts on the host have.
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  const parent = process.ppid;
  setInterval(() => {
    // An engine that was killed leaves its plugins to another parent.
    if (process.ppid !== parent) stop();
  }, WATCH_MS).unref();

  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`);
  });
}
