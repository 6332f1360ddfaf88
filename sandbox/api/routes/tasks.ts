import { badParameters } from "../api-error";
import { authId } from "../access/permissions";
import { parseUpid, userAndToken } from "../tasks/upid";
import type { TaskRecord } from "../tasks/task-manager";
import { splitList } from "../guests/option-values";
import { index, Listing, type Call, type Route } from "./call";

const TASK = "/nodes/{node}/tasks/{upid}";
const DEFAULT_LIMIT = 50;

function known(call: Call): TaskRecord {
  const text = call.text("upid");
  if (parseUpid(text) === undefined) throw badParameters({ upid: "unable to parse worker upid" });
  const record = call.node.tasks.find(text);
  if (record === undefined) throw badParameters({ upid: "no such task" });
  checkOwner(call, record.authid);
  return record;
}

/** A user may see its own tasks and those of its tokens, a token only its own; others need Sys.Audit. */
const isOwn = ({ who }: Call, authid: string): boolean =>
  authid === authId(who) || (who.tokenid === undefined && userAndToken(authid).user === who.userid);

export const maySeeTask = (call: Call, { authid }: TaskRecord): boolean =>
  isOwn(call, authid) || call.node.permissions.has(call.who, "/", ["Sys.Audit"]);

function checkOwner(call: Call, authid: string): void {
  const { node, who } = call;
  if (!isOwn(call, authid)) node.permissions.check(who, `/nodes/${node.name}`, ["Sys.Audit"]);
}

/** At full speed most tasks end at once, and clients that saw one running look again only after a second. */
const SHORT_TASK_MILLISECONDS = 250;

async function status(call: Call): Promise<unknown> {
  const task = known(call);
  if (call.node.timeScale === 0) await call.node.tasks.end(task.upid, SHORT_TASK_MILLISECONDS);
  const { upid, node, pid, pstart, starttime, type, id, authid, exitstatus } = task;
  const common = { upid, node, pid, pstart, starttime, type, id, ...userAndToken(authid) };
  return call.node.tasks.isRunning(upid)
    ? { ...common, status: "running" }
    : { ...common, status: "stopped", exitstatus };
}

function log(call: Call): Listing {
  const upid = call.text("upid");
  if (parseUpid(upid) === undefined) throw badParameters({ upid: "unable to parse worker upid" });
  const owner = parseUpid(upid)?.authid ?? "";
  checkOwner(call, owner);
  const lines = call.node.tasks.log(upid) ?? ["unable to open file - No such file or directory"];
  const start = call.integer("start") ?? 0;
  const limit = call.integer("limit") ?? DEFAULT_LIMIT;
  const numbered = lines.map((t, i) => ({ n: i + 1, t }));
  return new Listing(numbered.slice(start, limit === 0 ? undefined : start + limit), lines.length);
}

function list(call: Call): Listing {
  const { tasks, permissions } = call.node;
  const source = call.optional("source") ?? "archive";
  const maySeeAll = permissions.has(call.who, `/nodes/${call.node.name}`, ["Sys.Audit"]);
  const [vmid, type, user] = [
    call.optional("vmid"),
    call.optional("typefilter"),
    call.optional("userfilter"),
  ];
  const [since, until] = [call.integer("since"), call.integer("until")];
  const statuses = splitList(call.optional("statusfilter") ?? "");
  const isWanted = (task: TaskRecord): boolean =>
    (maySeeAll || isOwn(call, task.authid)) &&
    (vmid === undefined || task.id === vmid) &&
    (type === undefined || task.type === type) &&
    (user === undefined || task.authid.includes(user)) &&
    (since === undefined || task.starttime >= since) &&
    (until === undefined || task.starttime <= until) &&
    (!call.flag("errors") || (task.exitstatus !== undefined && task.exitstatus !== "OK")) &&
    (statuses.length === 0 || statuses.includes(statusKind(task.exitstatus)));
  const active = source === "archive" ? [] : tasks.active();
  const archive = source === "active" ? [] : tasks.archive();
  const found = [...active, ...archive].filter(isWanted);
  const start = call.integer("start") ?? 0;
  const page = found.slice(start, start + (call.integer("limit") ?? DEFAULT_LIMIT));
  return new Listing(page.map(source === "active" ? activeEntry : listEntry), found.length);
}

function statusKind(exitstatus: string | undefined): string {
  if (exitstatus === undefined) return "unknown";
  if (exitstatus === "OK") return "ok";
  return exitstatus.startsWith("WARNINGS:") ? "warning" : "error";
}

/** A task in a node's list. */
export function listEntry(task: TaskRecord): Record<string, unknown> {
  const { upid, node, pid, pstart, starttime, type, id, authid, endtime, exitstatus } = task;
  return {
    upid,
    node,
    pid,
    pstart,
    starttime,
    type,
    id,
    ...userAndToken(authid),
    ...(exitstatus === undefined ? {} : { endtime, status: exitstatus }),
  };
}

/** A task in the list of active ones, where the user is shown with the token. */
function activeEntry(task: TaskRecord): Record<string, unknown> {
  const { upid, node, pid, pstart, starttime, type, id, authid } = task;
  return {
    upid,
    node,
    pid,
    pstart,
    starttime,
    type,
    id,
    user: authid,
    status: "RUNNING",
    saved: "0",
  };
}

function stop(call: Call): null {
  const { upid, authid } = known(call);
  if (!isOwn(call, authid))
    call.node.permissions.check(call.who, `/nodes/${call.node.name}`, ["Sys.Modify"]);
  call.node.tasks.stop(upid);
  return null;
}

export const taskRoutes: Route[] = [
  { method: "GET", path: "/nodes/{node}/tasks", handler: list },
  index(TASK, "name", ["log", "status"]),
  { method: "DELETE", path: TASK, handler: stop },
  { method: "GET", path: `${TASK}/status`, handler: status },
  { method: "GET", path: `${TASK}/log`, handler: log },
];
