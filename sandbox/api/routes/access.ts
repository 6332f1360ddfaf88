import type { Acl } from "../access/access-store";
import { authId, type Identity } from "../access/permissions";
import { BUILT_IN_ROLES } from "../access/roles";
import { badParameters, failure } from "../api-error";
import { splitList } from "../guests/option-values";
import { index, type Call, type Route } from "./call";

const config = ({ node }: Call) => node.access.value;

// ---- groups

function groupOf(call: Call): { comment?: string; users: string[] } {
  const id = call.text("groupid");
  const group = config(call).groups[id];
  if (group === undefined) throw failure(`group '${id}' does not exist`);
  return group;
}

const comment = (text: string | undefined): { comment?: string } =>
  text === undefined ? {} : { comment: text };

const listGroups = (call: Call): unknown =>
  Object.entries(config(call).groups).map(([groupid, group]) => ({
    groupid,
    ...comment(group.comment),
    users: group.users.join(","),
  }));

function createGroup(call: Call): null {
  const id = call.text("groupid");
  const { groups } = config(call);
  if (groups[id] !== undefined) throw failure(`create group failed: group '${id}' already exists`);
  groups[id] = { users: [], ...comment(call.optional("comment")) };
  call.node.access.save();
  return null;
}

function updateGroup(call: Call): null {
  Object.assign(groupOf(call), comment(call.optional("comment")));
  call.node.access.save();
  return null;
}

function removeGroup(call: Call): null {
  const id = call.text("groupid");
  if (config(call).groups[id] === undefined)
    throw failure(`delete group failed: group '${id}' does not exist`);
  Reflect.deleteProperty(config(call).groups, id);
  const access = config(call);
  access.acl = access.acl.filter(({ type, ugid }) => type !== "group" || ugid !== id);
  call.node.access.save();
  return null;
}

// ---- roles

function privilegesOf(call: Call, roleid: string): readonly string[] {
  const privileges = BUILT_IN_ROLES[roleid] ?? config(call).roles[roleid];
  if (privileges === undefined) throw failure(`role '${roleid}' does not exist`);
  return privileges;
}

function listRoles(call: Call): unknown {
  const entry =
    (special: 0 | 1) =>
    ([roleid, privileges]: [string, readonly string[]]) => ({
      roleid,
      privs: [...privileges].sort().join(","),
      special,
    });
  return [
    ...Object.entries(BUILT_IN_ROLES).map(entry(1)),
    ...Object.entries(config(call).roles).map(entry(0)),
  ];
}

const privilegesIn = (call: Call): string[] => splitList(call.optional("privs") ?? "");

function createRole(call: Call): null {
  const id = call.text("roleid");
  if (/^pve/i.test(id))
    throw badParameters({
      roleid: "cannot use role ID starting with the (case-insensitive) 'PVE' namespace",
    });
  const { roles } = config(call);
  if (roles[id] !== undefined || BUILT_IN_ROLES[id] !== undefined)
    throw failure(`create role failed: role '${id}' already exists`);
  roles[id] = privilegesIn(call);
  call.node.access.save();
  return null;
}

function updateRole(call: Call): null {
  const id = call.text("roleid");
  if (BUILT_IN_ROLES[id] !== undefined)
    throw failure(`auto-generated role '${id}' cannot be modified`);
  const before = call.flag("append") ? privilegesOf(call, id) : [];
  privilegesOf(call, id);
  config(call).roles[id] = [...new Set([...before, ...privilegesIn(call)])];
  call.node.access.save();
  return null;
}

function removeRole(call: Call): null {
  const id = call.text("roleid");
  if (BUILT_IN_ROLES[id] !== undefined)
    throw failure(`auto-generated role '${id}' cannot be deleted`);
  const access = config(call);
  if (access.roles[id] === undefined)
    throw failure(`delete role failed: role '${id}' does not exist`);
  Reflect.deleteProperty(access.roles, id);
  access.acl = access.acl.filter(({ roleid }) => roleid !== id);
  call.node.access.save();
  return null;
}

const readRole = (call: Call): unknown =>
  Object.fromEntries(privilegesOf(call, call.text("roleid")).map((name) => [name, 1]));

// ---- access control lists

/** Paths that permissions may be given on. Source: PVE::AccessControl::check_path. */
const ACL_PATH =
  /^\/$|^\/(access(\/(groups|realm)(\/[^/\s]+)?)?|nodes(\/[\w.-]+(\/[\w.-]+)*)?|pool(\/[\w.-]+){0,3}|sdn(\/(zones|controllers|dns|ipams|fabrics)(\/[\w.-]+){0,3})?|storage(\/[\w.-]+)?|vms(\/[1-9]\d{2,})?|mapping(\/(notifications|(dir|pci|usb)(\/[\w.-]+)?)?)?)$/;

function targets(call: Call): { type: Acl["type"]; ugid: string }[] {
  const of = (type: Acl["type"], name: string) =>
    splitList(call.optional(name) ?? "").map((ugid) => ({ type, ugid }));
  return [...of("user", "users"), ...of("group", "groups"), ...of("token", "tokens")];
}

function checkTarget(call: Call, { type, ugid }: { type: Acl["type"]; ugid: string }): void {
  const { users, groups } = config(call);
  const [userid = "", tokenid = ""] = ugid.split("!");
  const isKnown =
    type === "group"
      ? groups[ugid] !== undefined
      : type === "user"
        ? users[ugid] !== undefined
        : users[userid]?.tokens[tokenid] !== undefined;
  if (!isKnown) throw failure(`ACL update failed: ${type} '${ugid}' does not exist`);
}

function updateAcl(call: Call): null {
  const path = call.text("path");
  const found = targets(call);
  const missing = "either 'users', 'groups' or 'tokens' is required.";
  if (found.length === 0) throw badParameters({ users: missing, groups: missing, tokens: missing });
  if (!ACL_PATH.test(path)) throw badParameters({ path: `invalid ACL path '${path}'` });
  const access = config(call);
  const isRemoval = call.flag("delete");
  const propagate = call.optional("propagate") === "0" ? 0 : 1;
  for (const roleid of splitList(call.text("roles"))) {
    if (BUILT_IN_ROLES[roleid] === undefined && access.roles[roleid] === undefined)
      throw failure(`ACL update failed: role '${roleid}' does not exist`);
    for (const target of found) {
      if (!isRemoval) checkTarget(call, target);
      access.acl = access.acl.filter(
        (acl) =>
          acl.path !== path ||
          acl.roleid !== roleid ||
          acl.ugid !== target.ugid ||
          acl.type !== target.type,
      );
      if (!isRemoval) access.acl.push({ path, roleid, propagate, ...target });
    }
  }
  call.node.access.save();
  return null;
}

const listAcl = ({ node, who }: Call): unknown =>
  node.access.value.acl.filter(({ path }) =>
    node.permissions.has(who, path, ["Sys.Audit", "Permissions.Modify"], true),
  );

// ---- what somebody may do

function listPermissions(call: Call): unknown {
  const { node, who } = call;
  const asked = call.optional("userid");
  const [userid = "", tokenid] = (asked ?? authId(who)).split("!");
  const subject: Identity = tokenid === undefined ? { userid } : { userid, tokenid };
  if (asked !== undefined && asked !== authId(who))
    node.permissions.check(who, "/access", ["Sys.Audit"]);
  if (config(call).users[userid] === undefined) return {};
  const path = call.optional("path");
  const paths = path === undefined ? node.permissions.interestingPaths(subject) : [path];
  const entries = paths
    .map((name) => [name, node.permissions.privileges(subject, name)] as const)
    .filter(([, privileges]) => privileges.size > 0)
    .map(([name, privileges]) => [
      name,
      Object.fromEntries(
        [...privileges].map(([privilege, propagate]) => [privilege, propagate ? 1 : 0]),
      ),
    ]);
  return Object.fromEntries(entries) as unknown;
}

const DOMAINS = [
  { realm: "pam", type: "pam", comment: "Linux PAM standard authentication" },
  { realm: "pve", type: "pve", comment: "Proxmox VE authentication server" },
];

export const accessRoutes: Route[] = [
  index("/access", "subdir", [
    "users",
    "groups",
    "roles",
    "acl",
    "domains",
    "openid",
    "tfa",
    "ticket",
    "password",
  ]),
  { method: "GET", path: "/access/domains", handler: () => DOMAINS },
  { method: "GET", path: "/access/permissions", handler: listPermissions },
  { method: "GET", path: "/access/acl", handler: listAcl },
  { method: "PUT", path: "/access/acl", handler: updateAcl },
  { method: "GET", path: "/access/groups", handler: listGroups },
  { method: "POST", path: "/access/groups", handler: createGroup },
  {
    method: "GET",
    path: "/access/groups/{groupid}",
    handler: (call) => ({ ...comment(groupOf(call).comment), members: groupOf(call).users }),
  },
  { method: "PUT", path: "/access/groups/{groupid}", handler: updateGroup },
  { method: "DELETE", path: "/access/groups/{groupid}", handler: removeGroup },
  { method: "GET", path: "/access/roles", handler: listRoles },
  { method: "POST", path: "/access/roles", handler: createRole },
  { method: "GET", path: "/access/roles/{roleid}", handler: readRole },
  { method: "PUT", path: "/access/roles/{roleid}", handler: updateRole },
  { method: "DELETE", path: "/access/roles/{roleid}", handler: removeRole },
];
