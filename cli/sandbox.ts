import { parseArgs } from "node:util";
import { ensureEngine, streamProgress } from "../engine";
import { packageRoot } from "../engine/package-root";
import type { LabStatus } from "../sandbox";
import {
  bringUp,
  bringUpKernelMachines,
  execInLab,
  isUp,
  labEnvironment,
  labStatus,
  resetLab,
  sandboxFromEnvironment,
  sshCommand,
  takeDown,
} from "../sandbox";
import { UsageError, type Command } from "./command";
import { renderTable } from "./table";

const usage = `Usage: labwright sandbox up [--kernel-machines]
       labwright sandbox down
       labwright sandbox reset
       labwright sandbox status [--json]
       labwright sandbox exec -- COMMAND [ARGUMENTS]
       labwright sandbox ssh MACHINE [COMMAND]
       labwright sandbox api --listen ADDRESS:PORT --state DIR [OPTIONS]

A lab in a box: a Proxmox VE API with real Linux machines behind it, in a network namespace of its
own. Needs root on Debian 12 or 13, not systemd.

  up      brings the lab up; quick when it is up already. With --kernel-machines it also prepares
          what clones of the template 9001 need, machines with a kernel of their own: QEMU and a
          base that is built once, in about three minutes
  down    takes it away without a trace, with its machines and the Pulumi state in it
  reset   empties it: no machines, no Pulumi state, as after the first "up"
  status  shows the machines and their addresses
  exec    runs a command inside the lab's network, with the Pulumi engine, its state and passphrase,
          the API's address and token and the SSH key in the environment
  ssh     logs in to a machine by its name or VM id, with its host key verified; "pve1" is the node
  api     only the Proxmox API, with virtual machines that pretend; needs neither root nor a lab

The lab lives in the folder $LABWRIGHT_SANDBOX, ".sandbox" of the project by default. Each folder is
a lab of its own.
`;

async function up(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { "kernel-machines": { type: "boolean" } } });
  const sandbox = sandboxFromEnvironment(packageRoot);
  const progress = streamProgress();
  await ensureEngine(progress);
  const already = await isUp(sandbox);
  await bringUp(sandbox, progress);
  if (values["kernel-machines"]) await bringUpKernelMachines(sandbox, progress);
  progress.log(already ? "The lab is up already" : "The lab is up");
  return 0;
}

async function exec(argv: string[]): Promise<number> {
  if (argv[0] === "--") argv = argv.slice(1);
  if (argv.length === 0) throw new UsageError("exec needs a command: exec -- COMMAND");
  const sandbox = sandboxFromEnvironment(packageRoot);
  await requireUp();
  const engine = await ensureEngine(streamProgress());
  return execInLab(sandbox, argv, labEnvironment(sandbox, engine, process.env));
}

async function ssh([machine, ...remote]: string[]): Promise<number> {
  if (machine === undefined) throw new UsageError("ssh needs a machine: its name or VM id");
  await requireUp();
  const sandbox = sandboxFromEnvironment(packageRoot);
  return execInLab(sandbox, sshCommand(sandbox, machine, remote), process.env);
}

async function requireUp(): Promise<void> {
  const sandbox = sandboxFromEnvironment(packageRoot);
  if (await isUp(sandbox)) return;
  throw new Error(`the lab in ${sandbox.dir} is not up; run: labwright sandbox up`);
}

async function status(args: string[]): Promise<number> {
  const json = args.length === 1 && args[0] === "--json";
  if (args.length > 0 && !json) throw new UsageError(`what is ${JSON.stringify(args.join(" "))}?`);
  const lab = await labStatus(sandboxFromEnvironment(packageRoot));
  process.stdout.write(json ? `${JSON.stringify(lab, null, 2)}\n` : renderStatus(lab));
  return lab.present ? 0 : 3;
}

function renderStatus(lab: LabStatus): string {
  if (!lab.present) return `No lab in ${lab.directory}. To have one: labwright sandbox up\n`;
  const rows = lab.machines.map(({ vmid, name, kind, status, addresses }) => [
    vmid === undefined ? "" : String(vmid),
    name,
    kind,
    status,
    addresses.join(", "),
  ]);
  const api = lab.api.running ? lab.api.url : "not running; to have it back: labwright sandbox up";
  return `${renderTable([["VM", "NAME", "KIND", "STATUS", "ADDRESS"], ...rows])}
Proxmox API  ${api}
Folder       ${lab.directory}
`;
}

function requireRoot(action: string): void {
  if (process.getuid?.() === 0) return;
  throw new Error(
    "a lab is made of network namespaces and mounts, which only root may make; " +
      `run: sudo bin/labwright sandbox ${action}`,
  );
}

function noArguments(args: string[]): void {
  if (args.length > 0) throw new UsageError(`what is ${JSON.stringify(args.join(" "))}?`);
}

export const sandbox: Command = {
  summary: "a lab in a box: a Proxmox API with real machines behind it",
  usage,
  async run([action, ...args]) {
    if (action !== "api" && action !== undefined) requireRoot(action);
    switch (action) {
      case "up":
        return up(args);
      case "down":
        noArguments(args);
        await takeDown(sandboxFromEnvironment(packageRoot), streamProgress());
        return 0;
      case "reset":
        noArguments(args);
        await resetLab(sandboxFromEnvironment(packageRoot), streamProgress());
        return 0;
      case "status":
        return status(args);
      case "exec":
        return exec(args);
      case "ssh":
        return ssh(args);
      case "api":
        // Loaded only here: the other commands need not wait for the API's schema to be read.
        return (await import("../sandbox/api/index.js")).runApi(args);
      case undefined:
        throw new UsageError("what shall the sandbox do?");
      default:
        throw new UsageError(`there is no sandbox command ${JSON.stringify(action)}`);
    }
  },
};
