import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { makeCgroups } from "../machines/cgroups";
import type { ProcessIdentity } from "../machines/processes";
import { identify, isAlive, signal } from "../machines/processes";
import type { Sandbox } from "./sandbox";

/** The node's storages: those of a freshly installed Proxmox VE, and a second one to move disks to. */
export const nodeStorages = {
  local: {
    type: "dir" as const,
    path: "/var/lib/vz",
    content: ["iso", "vztmpl", "backup", "images", "rootdir", "snippets", "import"],
  },
  local2: { type: "dir" as const, path: "/var/lib/vz2", content: ["images", "rootdir"] },
};

/** How long the API may take to answer, in milliseconds. */
const startTimeout = 90_000;

/** Where a daemon that is ready says who it is. */
export function daemonFile(sandbox: Sandbox): string {
  return path.join(sandbox.runDir, "daemon.json");
}

export function daemonLog(sandbox: Sandbox): string {
  return path.join(sandbox.runDir, "daemon.log");
}

/** The daemon, if it runs and has got as far as serving. */
export function findDaemon(sandbox: Sandbox): ProcessIdentity | undefined {
  try {
    const identity = JSON.parse(fs.readFileSync(daemonFile(sandbox), "utf8")) as ProcessIdentity;
    return isAlive(identity) ? identity : undefined;
  } catch {
    return undefined;
  }
}

/** Starts the daemon in the lab's network namespace; resolves when the API serves the seeded lab. */
export async function startDaemon(sandbox: Sandbox, base: string, script: string): Promise<void> {
  fs.mkdirSync(sandbox.runDir, { recursive: true });
  fs.rmSync(daemonFile(sandbox), { force: true });
  const cgroups = makeCgroups(`${sandbox.id}/daemon`, {});
  const log = fs.openSync(daemonLog(sandbox), "a");
  const enter =
    'while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs"; shift; done; shift; exec "$@"';
  const child = spawn(
    "sh",
    [
      ...["-c", enter, "labwright-sandbox", ...cgroups, "--"],
      ...["nsenter", `--net=/run/netns/${sandbox.netns}`],
      ...[process.execPath, script, sandbox.dir, base],
    ],
    { detached: true, stdio: ["ignore", log, log], cwd: "/" },
  );
  fs.closeSync(log);
  child.unref();
  const deadline = Date.now() + startTimeout;
  while (!findDaemon(sandbox)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      const identity = child.pid === undefined ? undefined : identify(child.pid);
      if (identity) signal(identity, "SIGKILL");
      const said = fs.readFileSync(daemonLog(sandbox), "utf8").trim().split("\n").slice(-30);
      throw new Error(
        `the sandbox's API did not start; ${daemonLog(sandbox)} ends:\n${said.join("\n")}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function stopDaemon(sandbox: Sandbox): Promise<void> {
  const daemon = findDaemon(sandbox);
  if (!daemon) return;
  signal(daemon, "SIGTERM");
  const deadline = Date.now() + 5_000;
  while (isAlive(daemon)) {
    if (Date.now() > deadline) signal(daemon, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
