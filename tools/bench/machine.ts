import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { ApiClient } from "../../sandbox/lab/api-client";

/** A virtual machine of the sandbox, made by plain calls of the Proxmox VE API. */
export interface Machine {
  vmid: number;
  address: string;
  hostKey: string;
}

const PAUSE_MS = 20;
const PATIENCE_MS = 120_000;
const TEMPLATE = 9000;

/** The variable of the environment in which `labwright sandbox exec` runs a command. */
export function labVariable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start this by \`make bench\``);
  return value;
}

/** The lab's Proxmox VE API, as its root. */
export function labApi(): ApiClient {
  const endpoint = new URL(labVariable("PROXMOX_VE_ENDPOINT"));
  return new ApiClient(endpoint.hostname, labVariable("PROXMOX_VE_API_TOKEN"));
}

/** Calls again and again until there is an answer. */
export async function until<T>(
  what: string,
  answer: () => T | Promise<T>,
): Promise<NonNullable<T>> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(PAUSE_MS)) {
    const value = await answer();
    if (value) return value as NonNullable<T>;
  }
  throw new Error(`${what}: nothing in ${PATIENCE_MS / 1000} s`);
}

/** Clones the template, gives the clone an address and starts it, as Proxmox's own clients do. */
export async function cloneAndStart(api: ApiClient, vmid: number): Promise<void> {
  const at = `/nodes/pve1/qemu/${vmid}`;
  await api.send("POST", `/nodes/pve1/qemu/${TEMPLATE}/clone`, {
    newid: vmid,
    name: `bench-${vmid}`,
  });
  await api.send("PUT", `${at}/config`, {
    ciuser: "root",
    sshkeys: encodeURIComponent(labVariable("LABWRIGHT_SSH_PUBLIC_KEY").trim()),
    ipconfig0: `ip=${addressOf(vmid)}/24,gw=10.77.0.1`,
    net0: `virtio=BC:24:11:4D:00:${vmid.toString(16).padStart(2, "0").toUpperCase()},bridge=vmbr0`,
    memory: 1024,
  });
  await api.send("POST", `${at}/status/start`);
}

/** A machine that lets root in; `vmid` is the last part of its address as well. */
export async function startMachine(api: ApiClient, vmid: number): Promise<Machine> {
  await cloneAndStart(api, vmid);
  const hostKey = await loginKey(vmid);
  await runOverSsh(
    { vmid, address: addressOf(vmid), hostKey },
    "cloud-init status --wait >/dev/null 2>&1 || :",
  );
  return { vmid, address: addressOf(vmid), hostKey };
}

/** Stops and deletes a machine. */
export async function deleteMachine(api: ApiClient, vmid: number): Promise<void> {
  await api.send("POST", `/nodes/pve1/qemu/${vmid}/status/stop`);
  await api.send("DELETE", `/nodes/pve1/qemu/${vmid}?purge=1&destroy-unreferenced-disks=1`);
}

export const addressOf = (vmid: number): string => `10.77.0.${vmid}`;

/** Waits until an sshd says its version. */
export async function sshVersion(address: string): Promise<void> {
  await until(`sshd of ${address}`, () => {
    return new Promise<boolean>((resolve) => {
      const socket = connect({ host: address, port: 22, timeout: 500 });
      const end = (answered: boolean) => (): void => {
        socket.destroy();
        resolve(answered);
      };
      socket.once("data", end(true)).once("error", end(false)).once("timeout", end(false));
      socket.once("close", end(false));
    });
  });
}

/** Waits until root is let in; gives the host key that the sandbox knows of the machine. */
export function loginKey(vmid: number): Promise<string> {
  const address = addressOf(vmid);
  return until(`login on ${address}`, async () => {
    const lines = readFileSync(labVariable("LABWRIGHT_KNOWN_HOSTS_FILE"), "utf8").split("\n");
    const line = lines.find((text) => text.startsWith(`${address} ssh-ed25519 `));
    const hostKey = line?.split(" ").slice(1, 3).join(" ");
    if (!hostKey) return undefined;
    const login = runOverSsh({ vmid, address, hostKey }, ":");
    return login.then(
      () => hostKey,
      () => undefined,
    );
  });
}

/** Runs a script as root over a connection of its own; gives its standard output. */
export function runOverSsh(machine: Machine, script: string): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "labwright-bench-ssh-"));
  const known = path.join(folder, "known_hosts");
  writeFileSync(known, `${machine.address} ${machine.hostKey}\n`);
  const options = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "ConnectTimeout=5",
    "LogLevel=ERROR",
  ];
  options.push(`UserKnownHostsFile=${known}`, "GlobalKnownHostsFile=none", "ControlPath=none");
  const args = ["-F", "none", ...options.flatMap((option) => ["-o", option])];
  args.push("-i", labVariable("LABWRIGHT_SSH_IDENTITY_FILE"), `root@${machine.address}`, "sh -s");
  return new Promise<string>((resolve, reject) => {
    const child = spawn("ssh", args, { stdio: "pipe" });
    let [out, said] = ["", ""];
    child.stdout.on("data", (data: Buffer) => (out += data.toString()));
    child.stderr.on("data", (data: Buffer) => (said += data.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`ssh ${machine.address} ended with ${code}: ${said}`));
    });
    // ssh may end before it has read everything; its exit code tells.
    child.stdin.on("error", () => undefined);
    child.stdin.end(script);
  }).finally(() => {
    rmSync(folder, { recursive: true });
  });
}

/** The `host` of a kind on this machine. */
export async function hostConnection(machine: Machine): Promise<object> {
  const machineId = (await runOverSsh(machine, "cat /etc/machine-id")).trim();
  return { address: machine.address, port: 22, user: "root", hostKey: machine.hostKey, machineId };
}
