/**
 * Stand-in for Pulumi's random plugin, for machines that cannot download it: a provider process with
 * exactly the types in random-values.ts. Never used where the real plugin can be had.
 */
import { isDeepStrictEqual } from "node:util";

import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

import {
  checkRandom,
  randomTypes,
  withDefaults,
  type RandomType,
  type Values,
} from "./random-values";
import { checkResponse, pluginInfo, same, serve, unary } from "./stand-in-server";

/** Stands for a value that is not known yet in previews (sdk/nodejs/runtime/rpc.ts). */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function read(struct: Struct | undefined): Values {
  const values: Values = {};
  for (const [key, value] of Object.entries(struct?.toJavaScript() ?? {})) {
    if (value !== null) values[key] = value === unknown ? undefined : value;
  }
  return values;
}

function write(values: Values): Struct {
  const written: Record<string, JavaScriptValue> = {};
  for (const [key, value] of Object.entries(values)) {
    written[key] = value === undefined ? unknown : (value as JavaScriptValue);
  }
  return Struct.fromJavaScript(written);
}

function typeOf(urn: string): RandomType {
  const token = urn.split("::")[2]!.split("$").pop()!;
  const type = randomTypes[token];
  if (type) return type;
  throw new Error(
    `labwright's stand-in for the random plugin has no ${token}, only ` +
      `${Object.keys(randomTypes).join(", ")}; install the real one: pulumi plugin install resource random`,
  );
}

function check(request: provider.CheckRequest): provider.CheckResponse {
  const type = typeOf(request.getUrn());
  const inputs = read(request.getNews());
  return checkResponse(write(withDefaults(type, inputs)), checkRandom(type, inputs));
}

/** Every input belongs to the value that was drawn: a change of any means drawing again. */
function diff(request: provider.DiffRequest): provider.DiffResponse {
  const type = typeOf(request.getUrn());
  const before = read(request.getOldInputs());
  const after = read(request.getNews());
  const response = new provider.DiffResponse();
  const changed = Object.keys(type.inputs).filter(
    (field) => !isDeepStrictEqual(before[field], after[field]),
  );
  response.setReplacesList(changed);
  response.setDiffsList(changed);
  const { DIFF_SOME, DIFF_NONE } = provider.DiffResponse.DiffChanges;
  response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
  return response;
}

function create(request: provider.CreateRequest): provider.CreateResponse {
  const type = typeOf(request.getUrn());
  const inputs = read(request.getProperties());
  const response = new provider.CreateResponse();
  if (request.getPreview()) {
    response.setProperties(write(inputs));
    return response;
  }
  const { id, outputs } = type.make(inputs);
  response.setId(id);
  response.setProperties(write({ ...inputs, ...outputs }));
  return response;
}

/** What was drawn exists in the state alone, so what the state says is true. */
function readState(request: provider.ReadRequest): provider.ReadResponse {
  typeOf(request.getUrn());
  if (Object.keys(read(request.getProperties())).length === 0) {
    throw new Error("labwright's stand-in for the random plugin cannot import");
  }
  const response = new provider.ReadResponse();
  response.setId(request.getId());
  response.setProperties(request.getProperties());
  response.setInputs(request.getInputs());
  return response;
}

function configured(): provider.ConfigureResponse {
  const response = new provider.ConfigureResponse();
  response.setSupportspreview(true);
  return response;
}

const service: UntypedServiceImplementation = {
  getPluginInfo: unary(pluginInfo),
  checkConfig: unary(same),
  diffConfig: unary(() => new provider.DiffResponse()),
  configure: unary(configured),
  check: unary(check),
  diff: unary(diff),
  create: unary(create),
  read: unary(readState),
  delete: unary(() => new Empty()),
  cancel: unary(() => new Empty()),
};

serve(service);
