import {
  type sendUnaryData,
  type ServerUnaryCall,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { formatIssue, type Issue } from "../../validation/issue";
import { logActivity } from "../host/activity-log";
import { Hosts, sshConnector } from "../host/hosts";
import type { AnyKind } from "../kind";
import { packageSchema } from "../schema";
import { checkInputs } from "./check";
import { checkConfig, type ProviderSettings, settingsFrom } from "./config";
import { diffInputs } from "./diff";
import type { Say } from "./engine-log";
import { type Call, Operations } from "./operations";
import { redact } from "./redact";
import { type Properties, sameValue, secretTexts } from "./value";
import { decode, encode } from "./wire";

/** What the service is made of. */
export interface ServiceOptions {
  kinds: readonly AnyKind[];
  version: string;
  say: Say;
  hosts?: (settings: ProviderSettings) => Hosts;
}

/** Pulumi's customTimeouts say 0 when the user gave none. */
const DEFAULT_TIMEOUT_MS = 10 * 60_000;

/** The resource provider protocol, on the SDK's generated messages. */
export class ProviderService {
  private readonly kinds: Map<string, AnyKind>;
  private hosts: Hosts | undefined;
  private operations: Operations | undefined;

  constructor(private readonly options: ServiceOptions) {
    this.kinds = new Map(options.kinds.map((kind) => [kind.schema.token as string, kind]));
  }

  /** The handlers for a gRPC server. */
  handlers(): UntypedServiceImplementation {
    return {
      handshake: unary("Handshake", () => {
        const response = new rpc.ProviderHandshakeResponse();
        response.setAcceptSecrets(true);
        return response;
      }),
      getPluginInfo: unary("GetPluginInfo", () => {
        const response = new plugin.PluginInfo();
        response.setVersion(this.options.version);
        return response;
      }),
      getSchema: unary("GetSchema", () => {
        const response = new rpc.GetSchemaResponse();
        const schemas = this.options.kinds.map(({ schema }) => schema);
        response.setSchema(JSON.stringify(packageSchema(schemas, this.options.version)));
        return response;
      }),
      checkConfig: unary("CheckConfig", (request: rpc.CheckRequest) => {
        const { inputs, issues } = checkConfig(decode(request.getNews()));
        return checkResponse(request, inputs, issues);
      }),
      diffConfig: unary("DiffConfig", (request: rpc.DiffRequest) => {
        // No setting says where a resource is, so none forces a replacement.
        const response = new rpc.DiffResponse();
        const same = sameValue(decode(request.getOldInputs()), decode(request.getNews()));
        const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
        response.setChanges(same ? DIFF_NONE : DIFF_SOME);
        return response;
      }),
      configure: unary("Configure", (request: rpc.ConfigureRequest) => {
        const settings = settingsFrom(decode(request.getArgs()), process.env);
        this.hosts = this.options.hosts?.(settings) ?? new Hosts(sshConnector(settings));
        this.operations = new Operations(this.hosts, settings.knownHostsFile);
        const response = new rpc.ConfigureResponse();
        response.setAcceptsecrets(true);
        response.setSupportspreview(true);
        return response;
      }),
      check: unary("Check", (request: rpc.CheckRequest) => {
        const { inputs, issues } = checkInputs(
          this.kindOf(request.getUrn()),
          decode(request.getNews()),
        );
        return checkResponse(request, inputs, issues);
      }),
      diff: unary("Diff", (request: rpc.DiffRequest) => this.diff(request)),
      create: unary("Create", async (request: rpc.CreateRequest) => {
        const inputs = decode(request.getProperties());
        const response = new rpc.CreateResponse();
        await this.operate(request, request.getTimeout(), inputs, async (operations, call) => {
          if (request.getPreview()) {
            response.setProperties(encode(operations.previewCreate(call, inputs)));
            return;
          }
          const { id, state } = await operations.create(call, inputs);
          response.setId(id);
          response.setProperties(encode(state));
        });
        return response;
      }),
      read: unary("Read", async (request: rpc.ReadRequest) => {
        const state = decode(request.getProperties());
        const prior = { inputs: decode(request.getInputs()), state };
        const imports = Object.keys(state).length === 0;
        const response = new rpc.ReadResponse();
        await this.operate(request, request.getTimeout(), state, async (operations, call) => {
          const found = await operations.read(call, request.getId(), imports ? undefined : prior);
          if (!found) return;
          response.setId(found.id);
          response.setInputs(encode(found.inputs));
          response.setProperties(encode(found.state));
        });
        return response;
      }),
      update: unary("Update", async (request: rpc.UpdateRequest) => {
        const inputs = decode(request.getNews());
        const old = decode(request.getOlds());
        const response = new rpc.UpdateResponse();
        const secrets = { inputs, old };
        await this.operate(request, request.getTimeout(), secrets, async (operations, call) => {
          const state = request.getPreview()
            ? operations.previewUpdate(call, inputs, old)
            : await operations.update(call, inputs, old);
          response.setProperties(encode(state));
        });
        return response;
      }),
      delete: unary("Delete", async (request: rpc.DeleteRequest) => {
        const state = decode(request.getProperties());
        await this.operate(request, request.getTimeout(), state, (operations, call) =>
          operations.remove(call, state),
        );
        return new Empty();
      }),
      cancel: unary("Cancel", () => {
        this.operations?.cancel();
        return new Empty();
      }),
    };
  }

  /** Ends every connection: what runs on a host finishes there. */
  close(): void {
    this.hosts?.close();
  }

  private kindOf(urn: string): AnyKind {
    const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const kind = this.kinds.get(token);
    if (!kind) throw new Error(`this version of the labwright provider has no kind ${token}`);
    return kind;
  }

  private diff(request: rpc.DiffRequest): rpc.DiffResponse {
    const kind = this.kindOf(request.getUrn());
    const old = { inputs: decode(request.getOldInputs()), state: decode(request.getOlds()) };
    const { differences, replaces, deleteBeforeReplace } = diffInputs(
      kind,
      old,
      decode(request.getNews()),
      Date.now(),
    );
    const response = new rpc.DiffResponse();
    const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
    response.setChanges(differences.length > 0 ? DIFF_SOME : DIFF_NONE);
    response.setHasdetaileddiff(true);
    for (const { path, kind: how, replaces: replace, input } of differences) {
      const detail = new rpc.PropertyDiff();
      const name =
        `${how.toUpperCase()}${replace ? "_REPLACE" : ""}` as keyof typeof rpc.PropertyDiff.Kind;
      detail.setKind(rpc.PropertyDiff.Kind[name]);
      detail.setInputdiff(input);
      response.getDetaileddiffMap().set(path, detail);
    }
    response.setDiffsList([...new Set(differences.map(({ path }) => path.split(/[.[]/)[0]!))]);
    response.setReplacesList(replaces);
    response.setDeletebeforereplace(deleteBeforeReplace);
    return response;
  }

  /** Runs an operation; its error names the kind and the resource, and holds no secret. */
  private async operate(
    request: { getUrn(): string },
    timeoutSeconds: number,
    secrets: Properties,
    work: (operations: Operations, call: Call) => Promise<void>,
  ): Promise<void> {
    if (!this.operations) throw new Error("the provider was not configured");
    const urn = request.getUrn();
    const call: Call = {
      urn,
      kind: this.kindOf(urn),
      timeoutMs: timeoutSeconds > 0 ? timeoutSeconds * 1000 : DEFAULT_TIMEOUT_MS,
      say: (severity, message) =>
        this.options.say(severity, urn, redact(message, secretTexts(secrets))),
    };
    try {
      await work(this.operations, call);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(redact(message, secretTexts(secrets)), { cause: error });
    }
  }
}

function checkResponse(
  request: rpc.CheckRequest,
  inputs: Properties,
  issues: readonly Issue[],
): rpc.CheckResponse {
  const response = new rpc.CheckResponse();
  // Wrong inputs may hold what cannot be sent back; the engine does not use them.
  response.setInputs(issues.length > 0 ? request.getNews() : encode(inputs));
  response.setFailuresList(
    issues.map((issue) => {
      const failure = new rpc.CheckFailure();
      failure.setReason(formatIssue(issue));
      return failure;
    }),
  );
  return response;
}

interface Request {
  getUrn?(): string;
  getId?(): string | undefined;
  getPreview?(): boolean;
}

/** A handler that answers or fails once, and leaves a line in the activity log. */
function unary<Q, R>(method: string, work: (request: Q) => R | Promise<R>) {
  return (call: ServerUnaryCall<Q, R>, answer: sendUnaryData<R>): void => {
    const start = Date.now();
    const { request } = call as { request: Request & Q };
    const about = {
      method,
      urn: request.getUrn?.(),
      id: request.getId?.(),
      preview: request.getPreview?.(),
    };
    const log = (ok: boolean): void => logActivity("rpc", { ...about, ok, ms: Date.now() - start });
    Promise.resolve()
      .then(() => work(request))
      .then(
        (response) => {
          log(true);
          answer(null, response);
        },
        (error: Error) => {
          log(false);
          answer({ code: status.UNKNOWN, details: error.message });
        },
      );
  };
}
