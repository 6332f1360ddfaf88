import { rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, badParameters, failure } from "../api-error";
import { Unauthenticated } from "../access/authenticate";
import { checkMethodPermissions } from "../access/method-permissions";
import type { Identity } from "../access/permissions";
import type { PveNode } from "../node";
import { checkProperties, type ParameterErrors } from "../parameters/check";
import type { Router } from "../router";
import { Call, type Route } from "../routes/call";
import { methodSchema } from "../schema/api-schema";
import type { MethodSchema } from "../schema/property-schema";
import { sendData, sendError, sendPlain, sendUnauthenticated, type Formatter } from "./answer";
import { bodyParameters, parseForm, PlainAnswer, type Parameters } from "./request-body";
import { DROPPED_UPLOAD_MILLISECONDS, FAILED_LOGIN_MILLISECONDS } from "./timing";
import { dropConnection, isMultipart, readUpload, type Upload, type UploadedFile } from "./upload";

const METHODS = new Set(["GET", "POST", "PUT", "DELETE"]);
const NOBODY: Identity = { userid: "" };

interface Target {
  format: Formatter;
  /** Decoded, without `/api2/json`. */
  parts: string[];
  query: string;
}

function targetOf(url: string): Target {
  const [path = "", query = ""] = url.split(/\?(.*)/s);
  const clean = path.replace(/\/{2,}/g, "/").replace(/\/$/, "");
  const match = /^\/api2\/([^/]+)(\/.*)?$/.exec(clean);
  if (match === null)
    throw new PlainAnswer(500, `no such file '${path}'`, `no such file '${path}'\n`);
  const [, format = "", rest = ""] = match;
  if (format !== "json" && format !== "extjs") {
    const reason = `no formatter for uri ${rest}, ${format}`;
    throw new PlainAnswer(501, reason, reason);
  }
  const parts = rest.split("/").filter((part) => part !== "");
  try {
    return { format, parts: parts.map(decodeURIComponent), query };
  } catch {
    throw new PlainAnswer(400, "bad request", "");
  }
}

/** Answers one request. */
export async function dispatch(
  node: PveNode,
  router: Router,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let format: Formatter = "json";
  try {
    const method = request.method ?? "";
    if (!METHODS.has(method)) throw new PlainAnswer(501, `method '${method}' not available`, "");
    const target = targetOf(request.url ?? "");
    format = target.format;
    sendData(request, response, format, await handle(node, router, request, target));
  } catch (error) {
    if (error instanceof Unauthenticated) {
      await sleep(FAILED_LOGIN_MILLISECONDS * node.timeScale);
      sendUnauthenticated(request, response, error.message);
    } else if (error instanceof PlainAnswer) {
      sendPlain(request, response, error);
    } else {
      sendError(request, response, format, error);
    }
  }
}

async function handle(
  node: PveNode,
  router: Router,
  request: IncomingMessage,
  target: Target,
): Promise<unknown> {
  const path = `/${target.parts.join("/")}`;
  const found = router.find(request.method ?? "", target.parts);
  const schema =
    found === undefined ? undefined : methodSchema(found.route.path, found.route.method);
  const isPublic = schema?.permissions?.user === "world";
  const who = isPublic ? identifyIfPossible(node, request) : node.authenticator.identify(request);
  const { parameters, file } = await readParameters(
    node,
    request,
    target,
    schema,
    found?.route.takesFile === true,
  );
  if (found === undefined)
    throw new ApiError(501, `Method '${request.method ?? ""} ${path}' not implemented`);
  Object.assign(parameters, found.parameters);
  try {
    return await callRoute(node, found.route, schema, who, parameters, path, file);
  } catch (error) {
    if (file !== undefined) rmSync(file.path, { force: true });
    throw error;
  }
}

function identifyIfPossible(node: PveNode, request: IncomingMessage): Identity {
  try {
    return node.authenticator.identify(request);
  } catch {
    return NOBODY;
  }
}

/** Parameters may stand in the query of any request; they win over the body. */
async function readParameters(
  node: PveNode,
  request: IncomingMessage,
  { query }: Target,
  schema: MethodSchema | undefined,
  takesFile: boolean,
): Promise<Upload> {
  if (takesFile && !isMultipart(request))
    return dropConnection(request, DROPPED_UPLOAD_MILLISECONDS * node.timeScale);
  if (takesFile) return readUpload(request, node.uploadFolder);
  const isList = (name: string): boolean => schema?.parameters[name]?.type === "array";
  const fromQuery = parseForm(query, isList);
  const fromBody = request.method === "GET" ? {} : await bodyParameters(request, isList);
  return { parameters: { ...fromBody, ...fromQuery } };
}

async function callRoute(
  node: PveNode,
  route: Route,
  schema: MethodSchema | undefined,
  who: Identity,
  parameters: Parameters,
  path: string,
  file: UploadedFile | undefined,
): Promise<unknown> {
  const { permissions, access } = node;
  checkMethodPermissions(schema?.permissions ?? { user: "all" }, {
    who,
    parameters,
    permissions,
    config: access.value,
  });
  checkNode(node, parameters);
  const errors: ParameterErrors = {};
  checkProperties(parameters, schema?.parameters ?? {}, errors);
  if (Object.keys(errors).length > 0) throw badParameters(errors);
  return route.handler(new Call(node, who, parameters, path, file));
}

/** There is one node; `localhost` is another name for it. */
function checkNode(node: PveNode, parameters: Parameters): void {
  const name = parameters.node;
  if (typeof name !== "string" || name === node.name || name === "localhost") return;
  throw failure(
    `hostname lookup '${name}' failed - failed to get address info for: ${name}: Name or service not known`,
  );
}
