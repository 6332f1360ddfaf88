import type { Issue } from "../../validation/issue";
import type { Connection, Endpoint } from "./command-ssh";
import { commandInputs, loggingValues } from "./command-schema";

/** What a command is told, secrets revealed; `undefined` stands for what is not known yet. */
export interface CommandInputs {
  addPreviousOutputInEnv?: boolean;
  connection?: Connection;
  create?: string;
  delete?: string;
  environment?: Record<string, string>;
  logging?: (typeof loggingValues)[number];
  stdin?: string;
  triggers?: unknown[];
  update?: string;
}

// How Pulumi marks special values (sdk/go/common/resource/properties.go).
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function isSecret(value: unknown): value is { value: unknown } {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as Record<string, unknown>)[SIGNATURE] === SECRET
  );
}

/** A secret value as it crosses the protocol. */
export function secret(value: unknown): unknown {
  return { [SIGNATURE]: SECRET, value };
}

/** Whether a secret is anywhere inside. */
export function hasSecret(value: unknown): boolean {
  if (isSecret(value)) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  return typeof value === "object" && value !== null && Object.values(value).some(hasSecret);
}

/** A value without marks, nulls left out. */
export function reveal(value: unknown): unknown {
  if (isSecret(value)) return reveal(value.value);
  if (value === UNKNOWN) return undefined;
  if (Array.isArray(value)) return value.map(reveal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([name, item]) => [name, reveal(item)]),
  );
}

/** Everything wrong with the inputs of a command. `given` has a key for what is given but not known yet. Pure. */
export function checkCommandInputs(given: CommandInputs): Issue[] {
  const issues: Issue[] = [];
  for (const [field, value] of Object.entries(given)) {
    const spec = commandInputs[field];
    if (!spec) issues.push({ field, fix: "leave it out: there is no such property" });
    else if (value !== undefined && field !== "connection") {
      const is = Array.isArray(value) ? "array" : typeof value;
      // A text may be a secret: it is not shown.
      if (spec.type && is !== spec.type)
        issues.push({ field, fix: `use a value of type ${spec.type}` });
    }
  }
  const { logging } = given;
  if (logging !== undefined && !loggingValues.includes(logging))
    issues.push({ field: "logging", value: logging, fix: `use ${loggingValues.join(", ")}` });
  if (!("connection" in given)) issues.push({ field: "connection", fix: "is missing" });
  else if (given.connection) {
    issues.push(...checkEndpoint("connection", given.connection));
    if (given.connection.proxy)
      issues.push(...checkEndpoint("connection.proxy", given.connection.proxy));
  }
  return issues;
}

function checkEndpoint(at: string, endpoint: Endpoint): Issue[] {
  const issues: Issue[] = [];
  if (!("host" in endpoint)) issues.push({ field: `${at}.host`, fix: "is missing" });
  if (typeof endpoint.host === "string" && !/^[A-Za-z0-9_:][A-Za-z0-9_.:%-]*$/.test(endpoint.host))
    issues.push({ field: `${at}.host`, fix: "use an IP address or a host name" });
  if (typeof endpoint.user === "string" && !/^[A-Za-z0-9_][\w.@\\-]*\$?$/.test(endpoint.user))
    issues.push({ field: `${at}.user`, fix: "use a login name, such as root" });
  for (const field of ["password", "privateKeyPassword"] as const)
    if (endpoint[field] !== undefined)
      issues.push({
        field: `${at}.${field}`,
        fix: "labwright's stand-in for the command plugin has no passwords: use privateKey or an SSH agent",
      });
  if (!("hostKey" in endpoint))
    issues.push({
      field: `${at}.hostKey`,
      fix: "is missing: labwright's stand-in for the command plugin speaks to no host whose key it does not know",
    });
  else if (
    typeof endpoint.hostKey === "string" &&
    !/^\s*(ssh|ecdsa|sk)-[\w@.-]+ [A-Za-z0-9+/=]+/.test(endpoint.hostKey)
  )
    issues.push({ field: `${at}.hostKey`, fix: "use a public key: ssh-ed25519 AAAA..." });
  return issues;
}
