/**
 * Pulumi's language host for Node programs, for machines where Pulumi's own cannot be had. The
 * engine starts it as `pulumi-language-nodejs [flags] ENGINE_ADDRESS` and reads the port of this
 * gRPC service (pulumi/language.proto) from the first line of its output.
 */
import {
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  AboutResponse,
  GetRequiredPackagesResponse,
  GetRequiredPluginsResponse,
  LanguageHandshakeResponse,
  RuntimeOptionsResponse,
  TemplateResponse,
  type GetProgramDependenciesRequest,
  type InstallDependenciesRequest,
  type InstallDependenciesResponse,
  type LanguageHandshakeRequest,
  type RunPluginRequest,
  type RunPluginResponse,
  type RunRequest,
} from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { packageVersion } from "../package-root";
import { onParentGone } from "../parent-watch";
import { stopChildren } from "./child-processes";
import { installDependencies } from "./install-dependencies";
import { programDependencies } from "./program-dependencies";
import { runPlugin } from "./run-plugin";
import { runProgram } from "./run-program";

/** The engine appends its address as the last argument, after any flags. */
let engineAddress = process.argv[process.argv.length - 1] ?? "";

type Unary<Request, Response> = (request: Request) => Response | Promise<Response>;
type Streamed<Request, Response> = (call: ServerWritableStream<Request, Response>) => Promise<void>;

function failure(error: unknown): { code: status; details: string } {
  return { code: status.UNKNOWN, details: error instanceof Error ? error.message : String(error) };
}

function unary<Request, Response>(answer: Unary<Request, Response>) {
  return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
    Promise.resolve()
      .then(() => answer(call.request))
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          callback(failure(error));
        },
      );
  };
}

function streamed<Request, Response>(answer: Streamed<Request, Response>) {
  return (call: ServerWritableStream<Request, Response>): void => {
    answer(call).then(
      () => call.end(),
      (error: unknown) => call.emit("error", failure(error)),
    );
  };
}

function unsupported(what: string) {
  return unary<unknown, never>(() => {
    throw new Error(`this language host cannot ${what}; Pulumi's own nodejs host can`);
  });
}

const service: UntypedServiceImplementation = {
  handshake: unary((request: LanguageHandshakeRequest) => {
    engineAddress = request.getEngineAddress() || engineAddress;
    return new LanguageHandshakeResponse();
  }),
  getPluginInfo: unary(() => {
    const info = new PluginInfo();
    info.setVersion(packageVersion);
    return info;
  }),
  // Every registration names its plugin and version; the engine looks there when it comes to it.
  getRequiredPackages: unary(() => new GetRequiredPackagesResponse()),
  getRequiredPlugins: unary(() => new GetRequiredPluginsResponse()),
  run: unary((request: RunRequest) => runProgram(request, engineAddress)),
  about: unary(() => {
    const response = new AboutResponse();
    response.setExecutable(process.execPath);
    response.setVersion(process.version);
    return response;
  }),
  getProgramDependencies: unary((request: GetProgramDependenciesRequest) =>
    programDependencies(request),
  ),
  installDependencies: streamed<InstallDependenciesRequest, InstallDependenciesResponse>(
    installDependencies,
  ),
  runPlugin: streamed<RunPluginRequest, RunPluginResponse>(runPlugin),
  runtimeOptionsPrompts: unary(() => new RuntimeOptionsResponse()),
  template: unary(() => new TemplateResponse()),
  generateProgram: unsupported("write programs (use --generate-code=false)"),
  generateProject: unsupported("write projects"),
  generatePackage: unsupported("write SDKs"),
  pack: unsupported("pack SDKs"),
  link: unsupported("link SDKs"),
  cancel: unary(async () => {
    await stopChildren("SIGINT");
    return new Empty();
  }),
};

const server = new Server();

async function stop(signal: NodeJS.Signals): Promise<void> {
  await stopChildren(signal);
  process.exit(0);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => void stop(signal));
}

onParentGone(() => void stop("SIGTERM"));

server.addService(LanguageRuntimeService as never, service);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
