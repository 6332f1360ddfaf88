import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import type { ApiCall } from "../../../sandbox/lab/ask";
import { cgroupHierarchies } from "../../../sandbox/machines/cgroups";
import { loopDevices } from "../../../sandbox/machines/loop-devices";
import { sandboxAt } from "../../../sandbox/lab/sandbox";

const root = path.resolve(__dirname, "../../..");

export interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A sandbox of a test's own, driven by the command line as a user would. */
export class TestLab {
  readonly sandbox;

  constructor(name: string) {
    this.sandbox = sandboxAt(path.join(root, `.sandbox-test-${name}`));
  }

  /** `labwright sandbox ARGS`. */
  cli(...args: string[]): Promise<Outcome> {
    return run(path.join(root, "bin/labwright"), ["sandbox", ...args], {
      env: { ...process.env, LABWRIGHT_SANDBOX: this.sandbox.dir },
    });
  }

  /** `labwright sandbox ARGS`, which has to end well; gives its standard output. */
  async must(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.cli(...args);
    if (exitCode !== 0)
      throw new Error(`sandbox ${args.join(" ")}: ${exitCode} ${stdout}${stderr}`);
    return stdout;
  }

  /** A call of the lab's Proxmox API; a task that it starts is waited for. */
  async api<T = unknown>(
    method: ApiCall["method"],
    at: string,
    form?: ApiCall["form"],
  ): Promise<T> {
    const script = path.join(root, "dist/sandbox/lab/ask.js");
    const call: ApiCall = { method, path: at, form };
    const { exitCode, stdout, stderr } = await run(
      "nsenter",
      [`--net=/run/netns/${this.sandbox.netns}`, process.execPath, script, this.sandbox.dir],
      { stdin: JSON.stringify(call) },
    );
    if (exitCode !== 0) throw new Error(stderr.trim());
    return JSON.parse(stdout) as T;
  }

  /** A clone of a template of the lab with an address, started. */
  async clone(
    vmid: number,
    name: string,
    config: Record<string, string | number>,
    template = 9000,
  ): Promise<void> {
    await this.api("POST", `/nodes/pve1/qemu/${template}/clone`, { newid: vmid, name, full: 1 });
    const address = /ip=10\.77\.0\.(\d+)/.exec(String(config.ipconfig0))?.[1] ?? "0";
    const mac = `BC:24:11:4D:00:${Number(address).toString(16).padStart(2, "0").toUpperCase()}`;
    await this.api("PUT", `/nodes/pve1/qemu/${vmid}/config`, {
      net0: `virtio=${mac},bridge=vmbr0`,
      sshkeys: encodeURIComponent(readFileSync(`${this.sandbox.identityFile}.pub`, "utf8").trim()),
      ciupgrade: 0,
      ...config,
    });
    await this.api("POST", `/nodes/pve1/qemu/${vmid}/status/start`);
  }

  /** Runs a command on a machine over SSH once it lets us in; gives what it prints. */
  async on(machine: string, command: string, seconds = 30): Promise<string> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const { exitCode, stdout, stderr } = await this.cli("ssh", machine, command);
      if (exitCode === 0) return stdout.trim();
      // 255 and 1 are ssh's and our own ways to say that there is no getting in (yet).
      if (![1, 255].includes(exitCode) || Date.now() > deadline) {
        throw new Error(`${machine}: ${command}: ${exitCode} ${stdout}${stderr}`);
      }
      await sleep(200);
    }
  }

  /** Everything of the lab that can be found on the host outside of its folder's files. */
  async traces(): Promise<string[]> {
    const { id, dir, netns } = this.sandbox;
    const found: string[] = [];
    if (existsSync(`/run/netns/${netns}`)) found.push(`network namespace ${netns}`);
    if (existsSync(dir)) found.push(`folder ${dir}`);
    for (const { mountPoint } of cgroupHierarchies()) {
      if (existsSync(path.join(mountPoint, id))) found.push(`control group ${mountPoint}/${id}`);
    }
    for (const { device, backing } of await loopDevices()) {
      if (backing.startsWith(dir)) found.push(`${device} on ${backing}`);
    }
    const links = await run("ip", ["-brief", "link"]);
    if (/tap\d+i\d/.test(links.stdout)) found.push(`interfaces: ${links.stdout}`);
    const spaces = new Map<string, string>();
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        if (line.includes(dir) || line.includes(`${id}-`)) found.push(`process ${pid}: ${line}`);
        spaces.set(readlinkSync(`/proc/${pid}/ns/mnt`), pid);
      } catch {
        // It ended meanwhile.
      }
    }
    for (const pid of spaces.values()) {
      const mounts = read(`/proc/${pid}/mountinfo`).split("\n");
      for (const mount of mounts.filter((line) => line.includes(dir))) {
        found.push(`mount seen by process ${pid}: ${mount}`);
      }
    }
    return found;
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Waits until something holds; an error says what did not. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  seconds = 20,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(100);
  }
}

export async function run(
  file: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; stdin?: string } = {},
): Promise<Outcome> {
  const child = spawn(file, args, { env: options.env, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.stdin ?? "");
  const exit = new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => {
      resolve(code ?? 128);
    });
  });
  const [exitCode, stdout, stderr] = await Promise.all([
    exit,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { exitCode, stdout, stderr };
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
