import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { cgroupProcesses, makeCgroups } from "./cgroups";
import { killAll } from "./kill-all";
import type { ProcessIdentity } from "./processes";
import { childrenOf, commandName, identify, isAlive, signal } from "./processes";
import type { CgroupLimits } from "./cgroups";
import type { MachineStart } from "./supervisor";
import { supervisorCommand, supervisorScript } from "./supervisor";

/** The processes of one machine that was started, as kept in its run folder. */
export interface RunningMachine {
  supervisor: ProcessIdentity;
  /** Process 1 of the machine, as the host numbers it; of a machine with a kernel of its own, its emulator. */
  init: ProcessIdentity;
}

/** How a machine's processes are begun, whatever they are. */
export interface Launch {
  /** Folder of the run, made by the caller. */
  runDir: string;
  /** Control group to run in; what is in it already is left over and killed. */
  cgroup: string;
  limits: CgroupLimits;
  /**
   * Shell of the supervisor: it writes its own process id to `supervisor.pid`, that of its child to `main.pid`, and at
   * its end the child's exit code to `exit`.
   */
  script: string;
  /** The supervisor's command line, given the file of its script and the control groups' folders. */
  command: (script: string, cgroups: string[]) => string[];
  /** The process that is the machine, once it is there. */
  init: (mainPid: number) => number | undefined;
}

/** How long the first process of a machine may take to appear, in milliseconds. */
const startTimeout = 20_000;

/** Starts a systemd-nspawn machine. */
export function startMachine(start: MachineStart): Promise<RunningMachine> {
  return launch({
    ...start,
    script: supervisorScript,
    command: (script, cgroups) => supervisorCommand(start, script, cgroups),
    // The child of systemd-nspawn is the machine's process 1 once it has become its init.
    init: (nspawn) =>
      childrenOf(nspawn).find((pid) => ["systemd", "init"].includes(commandName(pid) ?? "")),
  });
}

/**
 * Starts a machine and resolves when its init runs. The machine does not depend on this process;
 * {@link findMachine} finds it from any other.
 */
export async function launch(start: Launch): Promise<RunningMachine> {
  const { runDir } = start;
  for (const leftover of ["exit", "main.pid", "supervisor.pid", "processes.json"]) {
    fs.rmSync(path.join(runDir, leftover), { force: true });
  }
  await killAll(() => cgroupProcesses(start.cgroup));
  const script = path.join(runDir, "supervisor.sh");
  fs.writeFileSync(script, start.script);
  const cgroups = makeCgroups(start.cgroup, start.limits);
  const [file = "", ...args] = start.command(script, cgroups);
  const log = fs.openSync(path.join(runDir, "console.log"), "a");
  const child = spawn(file, args, { detached: true, stdio: ["ignore", log, log], cwd: "/" });
  fs.closeSync(log);
  child.unref();
  let failure: Error | undefined;
  child.on("error", (error) => (failure = error));

  const deadline = Date.now() + startTimeout;
  while (Date.now() < deadline) {
    if (failure) throw failure;
    if (exitCodeOf(runDir) !== undefined) break;
    const machine = observe(start);
    if (machine) {
      fs.writeFileSync(path.join(runDir, "processes.json"), JSON.stringify(machine));
      return machine;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await killAll(() => cgroupProcesses(start.cgroup));
  throw new Error(`the machine did not start: ${lastLines(path.join(runDir, "console.log"))}`);
}

/** The machine of a run folder, if it still runs. */
export function findMachine(runDir: string): RunningMachine | undefined {
  try {
    const text = fs.readFileSync(path.join(runDir, "processes.json"), "utf8");
    const machine = JSON.parse(text) as RunningMachine;
    return isAlive(machine.supervisor) ? machine : undefined;
  } catch {
    // Not written: whoever started the machine was killed before it ran.
    return undefined;
  }
}

/** How the machine ended: the exit code of systemd-nspawn or the emulator; undefined while it runs. */
export function exitCodeOf(runDir: string): number | undefined {
  try {
    return Number(fs.readFileSync(path.join(runDir, "exit"), "utf8"));
  } catch {
    return undefined;
  }
}

/** Power cut: resolves when nothing of the machine is left. */
export async function killMachine(machine: RunningMachine, cgroup: string): Promise<void> {
  // With its init all of a machine's processes go; what it was started by then ends by itself.
  signal(machine.init, "SIGKILL");
  const deadline = Date.now() + 5_000;
  while (isAlive(machine.supervisor)) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (Date.now() > deadline) await killAll(() => cgroupProcesses(cgroup));
  }
}

function observe({ runDir, init }: Launch): RunningMachine | undefined {
  const [supervisorPid, mainPid] = [pidIn(runDir, "supervisor.pid"), pidIn(runDir, "main.pid")];
  if (supervisorPid === undefined || mainPid === undefined) return undefined;
  const initPid = init(mainPid);
  const supervisor = identify(supervisorPid);
  const found = initPid === undefined ? undefined : identify(initPid);
  return supervisor && found ? { supervisor, init: found } : undefined;
}

function pidIn(runDir: string, file: string): number | undefined {
  try {
    return Number(fs.readFileSync(path.join(runDir, file), "utf8")) || undefined;
  } catch {
    return undefined;
  }
}

function lastLines(file: string): string {
  return fs.readFileSync(file, "utf8").trim().split("\n").slice(-3).join(" / ");
}
