import { credentials } from "@grpc/grpc-js";
import * as engine from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/engine_pb";

/** Says something under a resource in Pulumi's display. */
export type Say = (severity: "info" | "warning", urn: string, message: string) => void;

/** Connects to the engine's log; without an address nothing is said. */
export function engineLog(address: string | undefined): Say {
  if (!address) return () => undefined;
  const client = new engine.EngineClient(address, credentials.createInsecure());
  return (severity, urn, message) => {
    const request = new messages.LogRequest();
    const { INFO, WARNING } = messages.LogSeverity;
    request.setSeverity(severity === "info" ? INFO : WARNING);
    request.setUrn(urn);
    request.setMessage(message);
    // A message that is lost because the engine is going away is no loss.
    client.log(request, () => undefined);
  };
}
