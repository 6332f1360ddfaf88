import { failure, forbidden } from "../api-error";
import type { Parameters } from "../http/request-body";
import type { MethodPermissions } from "../schema/property-schema";
import type { AccessConfig } from "./access-store";
import { isRoot, type Identity, type Permissions } from "./permissions";

/** What the checks of the schema look at. */
export interface PermissionContext {
  who: Identity;
  parameters: Parameters;
  permissions: Permissions;
  config: AccessConfig;
}

/** Checks the `permissions` of a method, before its parameters are looked at; throws a 403. */
export function checkMethodPermissions(
  rule: MethodPermissions | undefined,
  context: PermissionContext,
): void {
  if (rule?.user === "all" || rule?.user === "world") return;
  if (rule?.check !== undefined) {
    const refusal = refusalOf(rule.check, context);
    if (refusal !== undefined) throw forbidden(refusal === "" ? undefined : refusal);
    return;
  }
  if (context.who.userid !== "root@pam") throw new Error("user != root@pam");
}

/** Undefined when the check passes; else what was missing, possibly without a detail. */
function refusalOf(check: unknown[], context: PermissionContext): string | undefined {
  const [kind, ...rest] = check as [string, ...unknown[]];
  switch (kind) {
    case "and":
      return rest
        .map((part) => refusalOf(part as unknown[], context))
        .find((refusal) => refusal !== undefined) === undefined
        ? undefined
        : "";
    case "or":
      return rest.some((part) => refusalOf(part as unknown[], context) === undefined)
        ? undefined
        : "";
    case "perm":
      return permRefusal(rest, context);
    case "userid-param":
      return useridRefusal(String(rest[0]), context);
    case "userid-group":
      return context.permissions.has(context.who, "/access/groups", rest[0] as string[], true)
        ? undefined
        : `/access/groups, ${(rest[0] as string[]).join("|")}`;
    case "perm-modify": {
      const path = String(fill(String(rest[0]), context.parameters));
      return modifyRefusal(path, context);
    }
    default:
      throw new Error(`unknown permission check '${kind}'`);
  }
}

function fill(template: string, parameters: Parameters): string {
  return template.replace(/\{([\w-]+)\}/g, (_, name: string) => String(parameters[name] ?? ""));
}

function permRefusal(
  [template, privileges, ...options]: unknown[],
  context: PermissionContext,
): string | undefined {
  const { who, parameters, permissions } = context;
  const required = options.indexOf("require_param");
  if (required >= 0 && parameters[String(options[required + 1])] === undefined) return "";
  const path = fill(String(template), parameters).replace(/\/$/, "") || "/";
  const any = options.includes("any");
  const names = privileges as string[];
  return permissions.has(who, path, names, any)
    ? undefined
    : `${path}, ${names.join(any ? "|" : ",")}`;
}

const isUserId = (text: string): boolean => /^[^\s:/]+@[A-Za-z][\w.-]+$/.test(text);

function useridRefusal(
  what: string,
  { who, parameters, permissions }: PermissionContext,
): string | undefined {
  const userid = String(parameters.userid ?? "");
  if (!isUserId(userid)) throw failure(`value '${userid}' does not look like a valid user name`);
  if (what === "self") return who.userid === userid ? undefined : "";
  const realm = userid.split("@")[1] ?? "";
  return permissions.has(who, `/access/realm/${realm}`, [what]) ? undefined : "";
}

/** Who may change the access control list of a path. */
function modifyRefusal(path: string, { who, permissions }: PermissionContext): string | undefined {
  if (isRoot(who) || permissions.has(who, path, ["Permissions.Modify"])) return undefined;
  const [, kind = ""] = path.split("/");
  const allocate = { storage: "Datastore.Allocate", vms: "VM.Allocate", pool: "Pool.Allocate" }[
    kind
  ];
  return allocate !== undefined && permissions.has(who, path, [allocate]) ? undefined : "";
}
