import * as path from "node:path";
import { packageRoot } from "../../engine/package-root";
import { command } from "../command";
import { findMachine } from "../machines/machine-run";
import type { ApiCall } from "./ask";
import { findDaemon } from "./daemon-process";
import { viewMachine } from "./guest-view";
import { network, networkExists } from "./network";
import { nodeRunDir } from "./node-machine";
import { runningGuests } from "./running-guests";
import type { Sandbox } from "./sandbox";

export interface MachineStatus {
  /** Undefined for the node. */
  vmid?: number;
  name: string;
  kind: "node" | "vm" | "container" | "template";
  status: string;
  addresses: string[];
}

export interface LabStatus {
  directory: string;
  /** Whether anything of the lab is there. */
  present: boolean;
  api: { url: string; running: boolean };
  machines: MachineStatus[];
}

interface ClusterResource {
  type: string;
  vmid?: number;
  name?: string;
  status?: string;
  template?: number;
}

/** The lab as it is now; works in whatever state it is. */
export async function labStatus(sandbox: Sandbox): Promise<LabStatus> {
  const present = await networkExists(sandbox.netns);
  const running = findDaemon(sandbox) !== undefined;
  const addresses = new Map<number, string[]>();
  const guests: MachineStatus[] = runningGuests(sandbox).map(({ guest, machine, runDir }) => {
    addresses.set(guest.vmid, viewMachine(runDir, machine).addresses);
    return {
      vmid: guest.vmid,
      name: guest.name,
      kind: guest.type === "lxc" ? "container" : "vm",
      status: "running",
      addresses: addresses.get(guest.vmid) ?? [],
    };
  });
  const known = running ? await guestsOfApi(sandbox, addresses) : guests;
  const node: MachineStatus = {
    name: "pve1",
    kind: "node",
    status: findMachine(nodeRunDir(sandbox)) ? "running" : "stopped",
    addresses: [network.node],
  };
  return {
    directory: sandbox.dir,
    present,
    api: { url: `https://${network.node}:8006`, running },
    machines: present ? [node, ...known] : [],
  };
}

async function guestsOfApi(
  sandbox: Sandbox,
  addresses: Map<number, string[]>,
): Promise<MachineStatus[]> {
  const script = path.join(packageRoot, "dist/sandbox/lab/ask.js");
  const call: ApiCall = { method: "GET", path: "/cluster/resources?type=vm" };
  const answer = await command(
    "nsenter",
    [`--net=/run/netns/${sandbox.netns}`, process.execPath, script, sandbox.dir],
    { stdin: JSON.stringify(call), timeoutSeconds: 20 },
  );
  return (JSON.parse(answer) as ClusterResource[])
    .map((resource): MachineStatus => ({
      vmid: resource.vmid ?? 0,
      name: resource.name ?? "",
      kind: resource.template ? "template" : resource.type === "lxc" ? "container" : "vm",
      status: resource.template ? "" : (resource.status ?? "unknown"),
      addresses: addresses.get(resource.vmid ?? 0) ?? [],
    }))
    .sort((a, b) => (a.vmid ?? 0) - (b.vmid ?? 0));
}
