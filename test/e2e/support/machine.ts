import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as https from "node:https";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/** A machine of the sandbox, made by plain calls of the Proxmox VE API: for tests of what is below `Vm`. */
export interface Machine {
  vmid: number;
  name: string;
  address: string;
  /** `ssh-ed25519 AAAA...`, as the sandbox read it from the machine's files. */
  hostKey: string;
}

function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests by \`make test-lab\``);
  return value;
}

/** One call of the Proxmox VE API with the sandbox's root token. */
export async function proxmox<T>(
  method: string,
  at: string,
  form: Record<string, string> = {},
): Promise<T> {
  const body = new URLSearchParams(form).toString();
  const url = new URL(`/api2/json${at}`, environment("PROXMOX_VE_ENDPOINT"));
  const headers = {
    Authorization: `PVEAPIToken=${environment("PROXMOX_VE_API_TOKEN")}`,
    ...(body && { "Content-Type": "application/x-www-form-urlencoded" }),
  };
  return new Promise((resolve, reject) => {
    const request = https.request(
      url,
      { method, headers, rejectUnauthorized: false },
      (response) => {
        text(response).then((answer) => {
          if (response.statusCode === 200) resolve((JSON.parse(answer) as { data: T }).data);
          else
            reject(
              new Error(
                `${method} ${at}: ${response.statusCode} ${response.statusMessage} ${answer}`,
              ),
            );
        }, reject);
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

/** Waits for a task of the Proxmox VE API to end well. */
export async function task(upid: string): Promise<void> {
  for (;;) {
    const at = `/nodes/pve1/tasks/${encodeURIComponent(upid)}/status`;
    const { status, exitstatus } = await proxmox<{ status: string; exitstatus?: string }>(
      "GET",
      at,
    );
    if (status === "stopped" && exitstatus === "OK") return;
    if (status === "stopped") throw new Error(`task ${upid}: ${exitstatus}`);
    await sleep(100);
  }
}

/**
 * Runs a script on a machine as root over a connection of its own; gives its standard output. The machine has to have
 * the host key given, or else the one that the sandbox knows of it.
 */
export async function ssh(
  machine: Pick<Machine, "address"> & { hostKey?: string },
  script: string,
): Promise<string> {
  const options = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "ConnectTimeout=5",
    "LogLevel=ERROR",
  ];
  const folder = mkdtempSync(path.join(tmpdir(), "labwright-ssh-"));
  let known = environment("LABWRIGHT_KNOWN_HOSTS_FILE");
  if (machine.hostKey) {
    known = path.join(folder, "known_hosts");
    writeFileSync(known, `${machine.address} ${machine.hostKey}\n`);
  }
  options.push(`UserKnownHostsFile=${known}`, "GlobalKnownHostsFile=none");
  const identity = environment("LABWRIGHT_SSH_IDENTITY_FILE");
  const args = [...options.flatMap((option) => ["-o", option]), "-i", identity];
  return new Promise<string>((resolve, reject) => {
    const child = spawn("ssh", [...args, `root@${machine.address}`, "sh -s"], { stdio: "pipe" });
    let [out, err] = ["", ""];
    child.stdout.on("data", (data: Buffer) => (out += data.toString()));
    child.stderr.on("data", (data: Buffer) => (err += data.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`ssh ${machine.address} ended with ${code}: ${out}${err}`));
    });
    // ssh may end before it has read everything; its exit code tells.
    child.stdin.on("error", () => undefined);
    child.stdin.end(script);
  }).finally(() => rmSync(folder, { recursive: true }));
}

/** Waits until a machine that is known already has booted, with every service that starts by itself. */
export async function hasBooted(address: string): Promise<void> {
  const wait = "systemctl is-system-running --wait >/dev/null || true";
  for (const deadline = Date.now() + 120_000; ; await sleep(200)) {
    try {
      await ssh({ address }, wait);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

function knownHostKey(address: string): string | undefined {
  const file = environment("LABWRIGHT_KNOWN_HOSTS_FILE");
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n");
  const line = lines.find(
    (l) => l.split(" ")[0]!.split(",").includes(address) && l.includes("ssh-ed25519"),
  );
  return line?.split(" ").slice(1, 3).join(" ");
}

function macOf(address: string): string {
  const bytes = address
    .split(".")
    .slice(1)
    .map((n) => Number(n).toString(16).padStart(2, "0"));
  return `BC:24:11:${bytes.join(":")}`.toUpperCase();
}

/** Clones the sandbox's template and waits until the machine lets root in over SSH with a known host key. */
export async function startMachine(name: string, address: string, vmid: number): Promise<Machine> {
  const publicKey = environment("LABWRIGHT_SSH_PUBLIC_KEY").trim();
  const at = `/nodes/pve1/qemu/${vmid}`;
  await task(
    await proxmox("POST", "/nodes/pve1/qemu/9000/clone", { newid: String(vmid), name, full: "0" }),
  );
  await proxmox("PUT", `${at}/config`, {
    ciuser: "root",
    sshkeys: encodeURIComponent(publicKey),
    ipconfig0: `ip=${address}/24,gw=10.77.0.1`,
    net0: `virtio=${macOf(address)},bridge=vmbr0`,
    memory: "1024",
  });
  await task(await proxmox("POST", `${at}/status/start`));
  for (const deadline = Date.now() + 60_000; ; await sleep(200)) {
    const hostKey = knownHostKey(address);
    try {
      if (hostKey) {
        await ssh({ address }, "cloud-init status --wait >/dev/null 2>&1 || true");
        return { vmid, name, address, hostKey };
      }
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    if (Date.now() > deadline) throw new Error(`${name} (${address}) gave no host key in 60 s`);
  }
}

/** Stops and deletes a machine; fine when it is gone. */
export async function deleteMachine(vmid: number): Promise<void> {
  const list = await proxmox<{ vmid: number }[]>("GET", "/nodes/pve1/qemu");
  if (!list.some((vm) => vm.vmid === vmid)) return;
  await task(await proxmox("POST", `/nodes/pve1/qemu/${vmid}/status/stop`));
  await task(
    await proxmox("DELETE", `/nodes/pve1/qemu/${vmid}?purge=1&destroy-unreferenced-disks=1`),
  );
}

/** TypeScript text of the `host` argument of a kind. */
export function hostArgument(machine: Machine, machineId = "test-machine"): string {
  return JSON.stringify({
    address: machine.address,
    port: 22,
    user: "root",
    hostKey: machine.hostKey,
    machineId,
  });
}

/** A command of this machine, inside the lab's network; gives its standard output. */
export function command(file: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, (error, stdout, stderr) => {
      if (error) reject(new Error(`${file} ${args.join(" ")}: ${stderr || error.message}`));
      else resolve(stdout);
    });
  });
}
