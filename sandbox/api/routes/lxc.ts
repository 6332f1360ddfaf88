import { failure } from "../api-error";
import { checkLock } from "../guests/guest-store";
import { cloneContainer } from "../lxc/clone";
import { createContainer } from "../lxc/create";
import * as power from "../lxc/power";
import { containerStatus } from "../lxc/status";
import { resizeMountPoint, updateContainer } from "../lxc/update";
import { configForAnswer, pendingForAnswer } from "../qemu/config-answer";
import { destroyGuest } from "../qemu/destroy";
import { index, type Call, type Route } from "./call";

const CONTAINERS = "/nodes/{node}/lxc";
const CONTAINER = `${CONTAINERS}/{vmid}`;

const FOLDERS = [
  "config",
  "pending",
  "status",
  "vncproxy",
  "termproxy",
  "vncwebsocket",
  "spiceproxy",
  "migrate",
  "clone",
  "initlog",
  "rrd",
  "rrddata",
  "firewall",
  "snapshot",
  "resize",
  "interfaces",
  "mtunnel",
  "remote_migrate",
];
const STATUS_FOLDERS = ["current", "start", "stop", "shutdown", "migrate"];

const config = ({ node, vmid }: Call) => node.guests.load({ vmid, type: "lxc" });

const list = ({ node, who }: Call): unknown =>
  node.guests
    .list()
    .filter(
      ({ type, vmid }) =>
        type === "lxc" && node.permissions.has(who, `/vms/${String(vmid)}`, ["VM.Audit"]),
    )
    .map(({ vmid }) =>
      containerStatus(node, vmid, node.guests.load({ vmid, type: "lxc" }).options),
    );

const status = (call: Call): unknown => ({
  ...containerStatus(call.node, call.vmid, config(call).options),
  ha: { managed: 0 },
});

async function interfaces(call: Call): Promise<unknown> {
  config(call);
  const found = await call.node.hypervisor.interfaces(call.vmid);
  return (found ?? []).map(({ name, mac, addresses }) => {
    const first = (family: string): string | undefined => {
      const address = addresses.find((entry) => entry.family === family);
      return address === undefined ? undefined : `${address.address}/${String(address.prefix)}`;
    };
    const [inet, inet6] = [first("ipv4"), first("ipv6")];
    return {
      name,
      hwaddr: mac.toLowerCase(),
      "hardware-address": mac.toLowerCase(),
      ...(inet !== undefined && { inet }),
      ...(inet6 !== undefined && { inet6 }),
      "ip-addresses": addresses.map(({ address, prefix, family }) => ({
        "ip-address": address,
        "ip-address-type": family === "ipv4" ? "inet" : "inet6",
        prefix: String(prefix),
      })),
    };
  });
}

async function makeTemplate(call: Call): Promise<null> {
  const { node, vmid } = call;
  await node.locks.with(vmid, () => {
    const found = config(call);
    checkLock(found);
    if (found.options.template === "1") throw failure("you can't convert a template to a template");
    if (node.hypervisor.state(vmid) !== "stopped")
      throw failure("you can't convert a CT to template if the CT is running");
    found.options.template = "1";
    node.guests.save({ vmid, type: "lxc" }, found);
    return Promise.resolve();
  });
  return null;
}

export const lxcRoutes: Route[] = [
  { method: "GET", path: CONTAINERS, handler: list },
  { method: "POST", path: CONTAINERS, handler: createContainer },
  index(CONTAINER, "subdir", FOLDERS),
  { method: "DELETE", path: CONTAINER, handler: (call) => destroyGuest(call, "lxc") },
  { method: "GET", path: `${CONTAINER}/config`, handler: configForAnswer },
  { method: "PUT", path: `${CONTAINER}/config`, handler: updateContainer },
  { method: "GET", path: `${CONTAINER}/pending`, handler: pendingForAnswer },
  { method: "PUT", path: `${CONTAINER}/resize`, handler: resizeMountPoint },
  { method: "POST", path: `${CONTAINER}/clone`, handler: cloneContainer },
  { method: "POST", path: `${CONTAINER}/template`, handler: makeTemplate },
  { method: "GET", path: `${CONTAINER}/interfaces`, handler: interfaces },
  index(`${CONTAINER}/status`, "subdir", STATUS_FOLDERS),
  { method: "GET", path: `${CONTAINER}/status/current`, handler: status },
  { method: "POST", path: `${CONTAINER}/status/start`, handler: power.start },
  { method: "POST", path: `${CONTAINER}/status/stop`, handler: power.stop },
  { method: "POST", path: `${CONTAINER}/status/shutdown`, handler: power.shutdown },
  { method: "POST", path: `${CONTAINER}/status/reboot`, handler: power.reboot },
];
