import { randomUUID } from "node:crypto";
import { hashPassword, hashSecret, type Token, type User } from "../access/access-store";
import { ApiError, badParameters, failure } from "../api-error";
import { splitList } from "../guests/option-values";
import type { Call, Route } from "./call";

const USER = "/access/users/{userid}";
const TOKEN = `${USER}/token/{tokenid}`;
const REALM_TYPES: Record<string, string> = { pam: "pam", pve: "pve" };
const TEXTS = ["comment", "email", "firstname", "lastname", "keys"] as const;

const config = ({ node }: Call) => node.access.value;

function userOf(call: Call): User {
  const userid = call.text("userid");
  const user = config(call).users[userid];
  if (user === undefined) throw failure(`no such user ('${userid}')`);
  return user;
}

const groupsOf = (call: Call, userid: string): string[] =>
  Object.entries(config(call).groups)
    .filter(([, { users }]) => users.includes(userid))
    .map(([name]) => name)
    .sort();

function shown(user: User): Record<string, unknown> {
  const texts = TEXTS.flatMap((key) =>
    user[key] === undefined ? [] : [[key, user[key]] as const],
  );
  return { enable: user.enable, expire: user.expire, ...Object.fromEntries(texts) };
}

const shownToken = ({ comment, expire, privsep }: Token): Record<string, unknown> => ({
  ...(comment !== undefined && { comment }),
  expire,
  privsep,
});

const tokenList = (user: User): Record<string, unknown>[] =>
  Object.entries(user.tokens).map(([tokenid, token]) => ({ tokenid, ...shownToken(token) }));

const noneIsNull = <T>(items: T[]): T[] | null => (items.length === 0 ? null : items);

function list(call: Call): unknown {
  const { node, who } = call;
  const maySeeAll = node.permissions.has(who, "/access/groups", ["User.Modify", "Sys.Audit"], true);
  const enabled = call.optional("enabled");
  return Object.entries(config(call).users)
    .filter(([userid]) => maySeeAll || (userid === who.userid && who.tokenid === undefined))
    .filter(([, user]) => enabled === undefined || String(user.enable) === enabled)
    .map(([userid, user]) => {
      const type = REALM_TYPES[userid.split("@")[1] ?? ""];
      const more = call.flag("full")
        ? { groups: groupsOf(call, userid).join(","), tokens: noneIsNull(tokenList(user)) }
        : {};
      return { userid, ...shown(user), ...(type !== undefined && { "realm-type": type }), ...more };
    });
}

function setFields(call: Call, user: User): void {
  for (const key of TEXTS) user[key] = call.optional(key) ?? user[key];
  if (call.optional("enable") !== undefined) user.enable = call.flag("enable") ? 1 : 0;
  user.expire = call.integer("expire") ?? user.expire;
}

function setGroups(call: Call, userid: string, append: boolean): void {
  const given = call.optional("groups");
  if (given === undefined) return;
  const { groups } = config(call);
  const wanted = splitList(given);
  const missing = wanted.find((name) => groups[name] === undefined);
  if (missing !== undefined) throw failure(`no such group '${missing}'`);
  for (const [name, group] of Object.entries(groups)) {
    if (!append) group.users = group.users.filter((member) => member !== userid);
    if (wanted.includes(name) && !group.users.includes(userid)) group.users.push(userid);
  }
}

function create(call: Call): null {
  const userid = call.text("userid");
  const { users } = config(call);
  if (users[userid] !== undefined)
    throw failure(`create user failed: user '${userid}' already exists`);
  const password = call.optional("password");
  const user: User = { enable: 1, expire: 0, tokens: {} };
  setFields(call, user);
  if (password !== undefined) user.password = hashPassword(password);
  users[userid] = user;
  setGroups(call, userid, false);
  call.node.access.save();
  return null;
}

function read(call: Call): unknown {
  const user = userOf(call);
  const tokens = Object.entries(user.tokens).map(
    ([tokenid, token]) => [tokenid, shownToken(token)] as const,
  );
  return {
    ...shown(user),
    groups: groupsOf(call, call.text("userid")),
    tokens: tokens.length === 0 ? null : Object.fromEntries(tokens),
  };
}

function update(call: Call): null {
  const user = userOf(call);
  setFields(call, user);
  setGroups(call, call.text("userid"), call.flag("append"));
  call.node.access.save();
  return null;
}

function remove(call: Call): null {
  const userid = call.text("userid");
  userOf(call);
  const access = config(call);
  Reflect.deleteProperty(access.users, userid);
  for (const group of Object.values(access.groups))
    group.users = group.users.filter((member) => member !== userid);
  access.acl = access.acl.filter(({ ugid }) => ugid !== userid && !ugid.startsWith(`${userid}!`));
  call.node.access.save();
  return null;
}

function password(call: Call): null {
  if (call.who.tokenid !== undefined)
    throw new ApiError(
      403,
      "Permission check failed (URI '/access/password' not available with API token, need proper ticket.\n)\n",
    );
  const userid = call.text("userid");
  if (!userid.endsWith("@pve")) throw failure(`can't change the password of '${userid}' here`);
  userOf(call).password = hashPassword(call.text("password"));
  call.node.access.save();
  return null;
}

function tokenOf(call: Call): Token {
  const [userid, tokenid] = [call.text("userid"), call.text("tokenid")];
  const token = userOf(call).tokens[tokenid];
  if (token === undefined) throw failure(`no such token '${tokenid}' for user '${userid}'`);
  return token;
}

function createToken(call: Call): unknown {
  const user = userOf(call);
  const tokenid = call.text("tokenid");
  if (user.tokens[tokenid] !== undefined) throw badParameters({ tokenid: "Token already exists." });
  const value = randomUUID();
  const privsep = call.optional("privsep") ?? "1";
  const [comment, expire] = [call.optional("comment"), call.optional("expire")];
  user.tokens[tokenid] = {
    expire: Number(expire ?? 0),
    privsep: privsep === "1" ? 1 : 0,
    secret: hashSecret(value),
    ...(comment !== undefined && { comment }),
  };
  call.node.access.save();
  const info = {
    ...(comment !== undefined && { comment }),
    ...(expire !== undefined && { expire }),
    privsep,
  };
  return { "full-tokenid": `${call.text("userid")}!${tokenid}`, value, info };
}

/** Answers what was just set as text, and the rest as it is kept. */
function updateToken(call: Call): unknown {
  const token = tokenOf(call);
  const [comment, expire, privsep] = [
    call.optional("comment"),
    call.optional("expire"),
    call.optional("privsep"),
  ];
  if (comment !== undefined) token.comment = comment;
  if (expire !== undefined) token.expire = Number(expire);
  if (privsep !== undefined) token.privsep = privsep === "1" ? 1 : 0;
  call.node.access.save();
  return {
    ...shownToken(token),
    ...(expire !== undefined && { expire }),
    ...(privsep !== undefined && { privsep }),
  };
}

function removeToken(call: Call): null {
  tokenOf(call);
  const [userid, tokenid] = [call.text("userid"), call.text("tokenid")];
  Reflect.deleteProperty(userOf(call).tokens, tokenid);
  const access = config(call);
  access.acl = access.acl.filter(({ ugid }) => ugid !== `${userid}!${tokenid}`);
  call.node.access.save();
  return null;
}

export const userRoutes: Route[] = [
  { method: "GET", path: "/access/users", handler: list },
  { method: "POST", path: "/access/users", handler: create },
  { method: "GET", path: USER, handler: read },
  { method: "PUT", path: USER, handler: update },
  { method: "DELETE", path: USER, handler: remove },
  { method: "PUT", path: "/access/password", handler: password },
  { method: "GET", path: `${USER}/token`, handler: (call) => tokenList(userOf(call)) },
  { method: "GET", path: TOKEN, handler: (call) => shownToken(tokenOf(call)) },
  { method: "POST", path: TOKEN, handler: createToken },
  { method: "PUT", path: TOKEN, handler: updateToken },
  { method: "DELETE", path: TOKEN, handler: removeToken },
];
