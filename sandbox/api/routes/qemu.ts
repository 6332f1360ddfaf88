import { networkInterfaces } from "../qemu/agent";
import * as agent from "../qemu/agent";
import { generatedPart, type SeedPart } from "../cloudinit/seed";
import { cloneGuest } from "../qemu/clone";
import { configForAnswer, pendingForAnswer } from "../qemu/config-answer";
import { createGuest } from "../qemu/create";
import { destroyGuest } from "../qemu/destroy";
import { moveDisk, resizeDisk } from "../qemu/disks";
import * as power from "../qemu/power";
import * as snapshots from "../qemu/snapshots";
import { currentStatus, listStatus } from "../qemu/status";
import { makeTemplate } from "../qemu/template";
import { updateLater, updateNow } from "../qemu/update";
import { CLOUDINIT_OPTION } from "../qemu/pending";
import { index, type Call, type Route } from "./call";

const GUESTS = "/nodes/{node}/qemu";
const GUEST = `${GUESTS}/{vmid}`;

const GUEST_FOLDERS = [
  "config",
  "cloudinit",
  "pending",
  "status",
  "unlink",
  "vncproxy",
  "termproxy",
  "migrate",
  "resize",
  "move",
  "rrd",
  "rrddata",
  "monitor",
  "agent",
  "snapshot",
  "spiceproxy",
  "sendkey",
  "firewall",
  "mtunnel",
  "remote_migrate",
];
const STATUS_FOLDERS = ["current", "start", "stop", "reset", "shutdown", "suspend", "reboot"];
const AGENT_COMMANDS = [
  "exec",
  "exec-status",
  "file-read",
  "file-write",
  "fsfreeze-freeze",
  "fsfreeze-status",
  "fsfreeze-thaw",
  "fstrim",
  "get-fsinfo",
  "get-host-name",
  "get-memory-block-info",
  "get-memory-blocks",
  "get-osinfo",
  "get-time",
  "get-timezone",
  "get-users",
  "get-vcpus",
  "info",
  "network-get-interfaces",
  "ping",
  "set-user-password",
  "shutdown",
  "suspend-disk",
  "suspend-hybrid",
  "suspend-ram",
];

const config = ({ node, vmid }: Call) => node.guests.load({ vmid, type: "qemu" });

function list(call: Call): unknown {
  const { node, who } = call;
  return node.guests
    .list()
    .filter(
      ({ type, vmid }) =>
        type === "qemu" && node.permissions.has(who, `/vms/${String(vmid)}`, ["VM.Audit"]),
    )
    .map(({ vmid }) => {
      const status = listStatus(node, vmid, node.guests.load({ vmid, type: "qemu" }).options);
      return call.flag("full") ? { ...status, qmpstatus: node.hypervisor.state(vmid) } : status;
    });
}

function cloudInitPending(call: Call): unknown {
  const { options, cloudinit } = config(call);
  const keys = Object.keys({ ...options, ...cloudinit }).filter(
    (key) =>
      CLOUDINIT_OPTION.test(key) &&
      key !== "ciupgrade" &&
      (!key.startsWith("ipconfig") || cloudinit[key] !== undefined),
  );
  const shown = (key: string, value: string): string =>
    key === "cipassword" ? "**********" : value;
  return keys.map((key) => {
    const [now, old] = [options[key], cloudinit[key]];
    if (old === undefined) return { key, value: shown(key, now ?? "") };
    return {
      key,
      value: shown(key, old),
      ...(now === undefined ? { delete: 1 } : { pending: shown(key, now) }),
    };
  });
}

function regenerate(call: Call): null {
  const found = config(call);
  found.cloudinit = {};
  call.node.guests.save({ vmid: call.vmid, type: "qemu" }, found);
  return null;
}

const AGENT: Route[] = (
  [
    ["GET", "network-get-interfaces", networkInterfaces],
    ["GET", "get-osinfo", agent.osInfo],
    ["GET", "get-host-name", agent.hostName],
    ["GET", "get-time", agent.time],
    ["GET", "get-timezone", agent.timezone],
    ["GET", "get-users", agent.constant([])],
    ["GET", "get-fsinfo", agent.constant([])],
    ["GET", "get-vcpus", agent.vcpus],
    ["POST", "ping", agent.ping],
    ["POST", "fsfreeze-status", agent.constant("thawed")],
    ["POST", "exec", agent.exec],
    ["GET", "exec-status", agent.execStatus],
    ["GET", "file-read", agent.fileRead],
    ["POST", "file-write", agent.fileWrite],
    ["POST", "set-user-password", agent.setUserPassword],
  ] as const
).map(([method, command, handler]) => ({ method, path: `${GUEST}/agent/${command}`, handler }));

export const qemuRoutes: Route[] = [
  { method: "GET", path: GUESTS, handler: list },
  { method: "POST", path: GUESTS, handler: createGuest },
  index(GUEST, "subdir", GUEST_FOLDERS),
  { method: "DELETE", path: GUEST, handler: (call) => destroyGuest(call, "qemu") },
  { method: "GET", path: `${GUEST}/config`, handler: configForAnswer },
  { method: "PUT", path: `${GUEST}/config`, handler: (call) => updateNow(call) },
  { method: "POST", path: `${GUEST}/config`, handler: updateLater },
  { method: "GET", path: `${GUEST}/pending`, handler: pendingForAnswer },
  {
    method: "PUT",
    path: `${GUEST}/unlink`,
    handler: (call) => updateNow(call, call.text("idlist")),
  },
  { method: "PUT", path: `${GUEST}/resize`, handler: resizeDisk },
  { method: "POST", path: `${GUEST}/move_disk`, handler: moveDisk },
  { method: "POST", path: `${GUEST}/clone`, handler: cloneGuest },
  { method: "POST", path: `${GUEST}/template`, handler: makeTemplate },
  { method: "GET", path: `${GUEST}/cloudinit`, handler: cloudInitPending },
  { method: "PUT", path: `${GUEST}/cloudinit`, handler: regenerate },
  {
    method: "GET",
    path: `${GUEST}/cloudinit/dump`,
    handler: (call) =>
      generatedPart(call.node, call.vmid, config(call).options, call.text("type") as SeedPart),
  },
  index(`${GUEST}/status`, "subdir", STATUS_FOLDERS),
  {
    method: "GET",
    path: `${GUEST}/status/current`,
    handler: (call) => currentStatus(call.node, call.vmid, config(call).options),
  },
  { method: "POST", path: `${GUEST}/status/start`, handler: power.start },
  { method: "POST", path: `${GUEST}/status/stop`, handler: power.stop },
  { method: "POST", path: `${GUEST}/status/shutdown`, handler: power.shutdown },
  { method: "POST", path: `${GUEST}/status/reboot`, handler: power.reboot },
  { method: "POST", path: `${GUEST}/status/reset`, handler: power.reset },
  { method: "POST", path: `${GUEST}/status/suspend`, handler: power.suspend },
  { method: "POST", path: `${GUEST}/status/resume`, handler: power.resume },
  index(`${GUEST}/agent`, "name", AGENT_COMMANDS),
  ...AGENT,
  { method: "GET", path: `${GUEST}/snapshot`, handler: snapshots.list },
  { method: "POST", path: `${GUEST}/snapshot`, handler: snapshots.create },
  { method: "DELETE", path: `${GUEST}/snapshot/{snapname}`, handler: snapshots.remove },
  { method: "GET", path: `${GUEST}/snapshot/{snapname}/config`, handler: snapshots.config },
  { method: "PUT", path: `${GUEST}/snapshot/{snapname}/config`, handler: snapshots.describe },
  { method: "POST", path: `${GUEST}/snapshot/{snapname}/rollback`, handler: snapshots.rollback },
];
