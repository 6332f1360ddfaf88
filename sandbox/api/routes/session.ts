import { ApiError } from "../api-error";
import { PRIVILEGES } from "../access/roles";
import { setTimeout as sleep } from "node:timers/promises";
import { FAILED_LOGIN_MILLISECONDS } from "../http/timing";
import type { Call, Route } from "./call";

/** Which privileges the web interface asks about on which path. Source: PVE::RPCEnvironment::compute_api_permission. */
const CAPABILITIES: [string, string, RegExp][] = [
  ["vms", "/vms", /^(VM\.|Permissions\.Modify)/],
  ["nodes", "/nodes", /^(Sys\.|Permissions\.Modify)/],
  ["storage", "/storage", /^(Datastore\.|Permissions\.Modify)/],
  ["sdn", "/sdn", /^(SDN\.|Permissions\.Modify)/],
  ["mapping", "/mapping", /^(Mapping\.|Permissions\.Modify)/],
  ["access", "/access", /^(User\.Modify|Permissions\.Modify|Group\.Allocate)/],
  ["dc", "/", /^(Sys\.Audit|Sys\.Modify|SDN\.)/],
];

function capabilities(call: Call, userid: string): Record<string, Record<string, 1>> {
  const { permissions } = call.node;
  const held = (path: string, pattern: RegExp): Record<string, 1> => {
    const names = [...permissions.privileges({ userid }, path).keys()].filter((name) =>
      pattern.test(name),
    );
    return Object.fromEntries(
      names
        .filter((name) => PRIVILEGES.includes(name) && name !== "VM.Snapshot.None")
        .map((name) => [name, 1]),
    );
  };
  return Object.fromEntries(
    CAPABILITIES.map(([name, path, pattern]) => [name, held(path, pattern)]),
  );
}

async function login(call: Call): Promise<unknown> {
  const name = call.text("username");
  const realm = call.optional("realm");
  const userid = realm !== undefined && !name.includes("@") ? `${name}@${realm}` : name;
  if (!call.node.authenticator.isLogin(userid, call.text("password"))) {
    await sleep(FAILED_LOGIN_MILLISECONDS * call.node.timeScale);
    throw new ApiError(401, "authentication failure\n");
  }
  return { username: userid, ...call.node.tickets.create(userid), cap: capabilities(call, userid) };
}

export const sessionRoutes: Route[] = [
  { method: "GET", path: "/access/ticket", handler: () => null },
  { method: "POST", path: "/access/ticket", handler: login },
];
