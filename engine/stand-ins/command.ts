/**
 * Stand-in for Pulumi's command plugin, for machines that cannot download it: a provider process with exactly
 * `remote.Command`, over the system's OpenSSH with a pinned host key. Never used where the real plugin can be had.
 */
import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

import { credentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

import {
  checkCommandInputs,
  type CommandInputs,
  hasSecret,
  reveal,
  secret,
  UNKNOWN,
} from "./command-inputs";
import { commandInputs, commandSchema, commandToken } from "./command-schema";
import { type Output, runOver } from "./command-ssh";
import { checkResponse, pluginInfo, same, serve, unary } from "./stand-in-server";

type Raw = Record<string, unknown>;

const [, , version = "", engineAddress] = process.argv;
const engine = engineAddress
  ? new EngineClient(engineAddress, credentials.createInsecure())
  : undefined;

/** Properties as they came, marks and all; what is null counts as not there. */
function read(struct: Struct | undefined): Raw {
  const values = Object.entries((struct?.toJavaScript() ?? {}) as Raw);
  return Object.fromEntries(values.filter(([, value]) => value !== null));
}

const write = (values: Raw): Struct =>
  Struct.fromJavaScript(values as Record<string, JavaScriptValue>);
const inputsOf = (raw: Raw): CommandInputs => reveal(raw) as CommandInputs;

function expectType(urn: string): void {
  const token = urn.split("::")[2]!.split("$").pop()!;
  if (token === commandToken) return;
  throw new Error(
    `labwright's stand-in for the command plugin has no ${token}, only ${commandToken}; ` +
      "install the real one: pulumi plugin install resource command",
  );
}

/** The outputs beside the inputs; as secret as any input but the connection, which always is. */
function state(inputs: Raw, output: Output): Struct {
  const others = { ...inputs, connection: undefined };
  const mark = hasSecret(others) ? secret : (value: unknown) => value;
  return write({ ...inputs, stdout: mark(output.stdout), stderr: mark(output.stderr) });
}

async function run(urn: string, inputs: Raw, command: string, before?: Output): Promise<Output> {
  const { connection, stdin, environment, logging, addPreviousOutputInEnv } = inputsOf(inputs);
  const output = await runOver(connection!, {
    command,
    stdin,
    environment: {
      ...environment,
      ...(addPreviousOutputInEnv !== false && {
        ...(before?.stdout && { PULUMI_COMMAND_STDOUT: before.stdout }),
        ...(before?.stderr && { PULUMI_COMMAND_STDERR: before.stderr }),
      }),
    },
  });
  const { stdout, stderr } = output;
  if (logging === undefined || logging === "stdout" || logging === "stdoutAndStderr")
    log(urn, stdout);
  if (logging === undefined || logging === "stderr" || logging === "stdoutAndStderr")
    log(urn, stderr);
  return output;
}

function log(urn: string, text: string): void {
  if (!engine || text === "") return;
  const request = new LogRequest();
  request.setUrn(urn);
  request.setSeverity(LogSeverity.INFO);
  request.setMessage(text);
  engine.log(request, () => undefined);
}

function diff(request: provider.DiffRequest): provider.DiffResponse {
  const before = reveal(read(request.getOldInputs())) as Raw;
  const after = reveal(read(request.getNews())) as Raw;
  const changed = Object.keys(commandInputs).filter(
    (field) => !isDeepStrictEqual(before[field], after[field]),
  );
  const response = new provider.DiffResponse();
  response.setDiffsList(changed);
  response.setReplacesList(changed.filter((field) => field === "triggers"));
  const { DIFF_SOME, DIFF_NONE } = provider.DiffResponse.DiffChanges;
  response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
  return response;
}

async function create(request: provider.CreateRequest): Promise<provider.CreateResponse> {
  const urn = request.getUrn();
  const raw = read(request.getProperties());
  const response = new provider.CreateResponse();
  if (request.getPreview()) {
    response.setProperties(state(raw, { stdout: UNKNOWN, stderr: UNKNOWN }));
    return response;
  }
  const command = inputsOf(raw).create;
  const none = { stdout: "", stderr: "" };
  const output = command === undefined ? none : await run(urn, raw, command);
  response.setId(`${urn.split("::").pop()}${randomBytes(4).toString("hex")}`);
  response.setProperties(state(raw, output));
  return response;
}

async function update(request: provider.UpdateRequest): Promise<provider.UpdateResponse> {
  const raw = read(request.getNews());
  const before = reveal(read(request.getOlds())) as unknown as Output;
  const response = new provider.UpdateResponse();
  if (request.getPreview()) {
    response.setProperties(state(raw, { stdout: UNKNOWN, stderr: UNKNOWN }));
    return response;
  }
  const inputs = inputsOf(raw);
  const command = inputs.update ?? inputs.create;
  const output = command === undefined ? before : await run(request.getUrn(), raw, command, before);
  response.setProperties(state(raw, output));
  return response;
}

async function remove(request: provider.DeleteRequest): Promise<Empty> {
  const raw = read(request.getProperties());
  const { delete: command } = inputsOf(raw);
  const before = reveal(raw) as unknown as Output;
  if (command !== undefined) await run(request.getUrn(), raw, command, before);
  return new Empty();
}

/** The command provider has no Read: what the state says is taken for true. */
function readState(request: provider.ReadRequest): provider.ReadResponse {
  if (Object.keys(read(request.getProperties())).length === 0)
    throw new Error("a command cannot be imported");
  const response = new provider.ReadResponse();
  response.setId(request.getId());
  response.setProperties(request.getProperties());
  response.setInputs(request.getInputs());
  return response;
}

function configured(): provider.ConfigureResponse {
  const response = new provider.ConfigureResponse();
  response.setSupportspreview(true);
  response.setAcceptsecrets(true);
  return response;
}

function schema(): provider.GetSchemaResponse {
  const response = new provider.GetSchemaResponse();
  response.setSchema(JSON.stringify(commandSchema(version)));
  return response;
}

const service: UntypedServiceImplementation = {
  getPluginInfo: unary(pluginInfo),
  getSchema: unary(schema),
  checkConfig: unary(same),
  diffConfig: unary(() => new provider.DiffResponse()),
  configure: unary(configured),
  check: unary((request: provider.CheckRequest) => {
    expectType(request.getUrn());
    const raw = read(request.getNews());
    return checkResponse(write(raw), checkCommandInputs(inputsOf(raw)));
  }),
  diff: unary(diff),
  create: unary(create),
  update: unary(update),
  read: unary(readState),
  delete: unary(remove),
  cancel: unary(() => new Empty()),
};

serve(service);
