import {
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { formatIssue, type Issue } from "../../validation/issue";
import { onParentGone } from "../parent-watch";

/** The version that the plugin stands in for: the first argument. */
export function pluginInfo(): PluginInfo {
  const info = new PluginInfo();
  info.setVersion(process.argv[2] ?? "");
  return info;
}

/** The answer to a check of a configuration that nothing is wrong with. */
export function same(request: provider.CheckRequest): provider.CheckResponse {
  const response = new provider.CheckResponse();
  response.setInputs(request.getNews());
  return response;
}

export function checkResponse(inputs: Struct, issues: readonly Issue[]): provider.CheckResponse {
  const response = new provider.CheckResponse();
  for (const issue of issues) {
    const failure = new provider.CheckFailure();
    failure.setProperty(issue.field);
    failure.setReason(formatIssue(issue));
    response.addFailures(failure);
  }
  response.setInputs(inputs);
  return response;
}

/** A handler of the protocol; what it throws is the error that the engine shows. */
export function unary<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
) {
  return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
    Promise.resolve(call.request)
      .then(answer)
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback({ code: status.UNKNOWN, details: (error as Error).message }),
      );
  };
}

/** Serves the protocol until the engine ends, and tells it the port in the way of plugins. */
export function serve(service: UntypedServiceImplementation): void {
  onParentGone(() => process.exit(0));
  const server = new Server();
  server.addService(ResourceProviderService as never, service);
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`);
  });
}
