import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { command } from "../command";
import type { CloudInitSeed, Guest, GuestCommandResult, GuestInterface } from "../hypervisor";
import { machineInterface } from "./container-engine";
import { emulatorCommand, emulatorScript, frozenShape, type EmulatorStart } from "./emulator";
import { guestInterfaces, powerOffGuest, runInGuest } from "./guest-agent";
import type { AttachedDisk, MachineEngine, MachineOrder } from "./machine-engine";
import { launch, type RunningMachine } from "./machine-run";
import { parseView, rememberView } from "./machine-view";
import { withMonitor } from "./monitor";
import { writeSeedFiles } from "./nocloud-seed";
import { commandName, isAlive } from "./processes";
import { isWaiting, viewScript, wake } from "./wake.render";

/** What an emulator needs besides the guest's memory: translated code, and itself. */
const overheadMiB = 768;
/** How long a machine may take to boot, in milliseconds. */
const bootTimeout = 600_000;
/** How often a machine is asked what can be seen of it, in milliseconds: until cloud-init is done, and from then on. */
const [firstLookPeriod, lookPeriod] = [1_000, 15_000];

/** Guests with a kernel of their own: computers that QEMU emulates, resumed from a frozen, booted state where possible. */
export class EmulatorEngine implements MachineEngine {
  constructor(
    private readonly options: {
      /** The lab's network namespace, by its name in /run/netns. */
      netns: string;
      /** Folder of the base. Throws when there is none, saying how to have one. */
      base: () => string;
    },
  ) {}

  async start(order: MachineOrder): Promise<RunningMachine> {
    const { guest, runDir, group } = order;
    const base = this.options.base();
    const folder = path.join(order.volume, "emulated");
    const isNew = !fs.existsSync(path.join(folder, "disk.qcow2"));
    const resume = isNew && isFrozenShape(guest);
    if (isNew) await makeDisk(base, folder, resume ? "disk.qcow2" : "disk.raw");
    rememberView(runDir, { addresses: [], hostKeys: [], logins: [] });
    fs.writeFileSync(path.join(runDir, "boot-volume"), folder);

    const interfaces = guest.nics.map((nic) => machineInterface(guest.vmid, nic));
    const start: EmulatorStart = {
      base,
      disk: path.join(folder, "disk.qcow2"),
      // Less than the frozen machine's is not worth a boot.
      memoryMiB: Math.max(guest.memoryMiB, frozenShape.memoryMiB),
      cores: Math.max(guest.cores, frozenShape.cores),
      nics: interfaces,
      seed: guest.seed && (await packSeed(guest.seed, runDir)),
      resume,
    };
    const machine = await launch({
      runDir,
      cgroup: group,
      limits: { memoryBytes: (start.memoryMiB + overheadMiB) * 2 ** 20 },
      script: emulatorScript,
      command: (script, cgroups) =>
        emulatorCommand({ runDir, netns: this.options.netns, interfaces }, start, script, cgroups),
      init: (pid) => (commandName(pid)?.startsWith("qemu-system") ? pid : undefined),
    });
    await untilItIsThere(runDir, machine);
    for (const disk of order.disks) await plug(runDir, disk);
    // It was stopped when it was frozen.
    if (resume) await withMonitor(runDir, (monitor) => monitor.ask("cont"));
    // QEMU has read it; it may hold secrets.
    fs.rmSync(path.join(runDir, "seed.tar"), { force: true });
    this.adopt(runDir, machine);
    return machine;
  }

  /** What goes on while the machine runs: it is told who it is, once, and asked what can be seen of it. */
  adopt(runDir: string, machine: RunningMachine): void {
    void (async () => {
      await wakeUp(runDir, machine);
      await lookAfter(runDir, machine);
    })().catch((error: unknown) => {
      fs.appendFileSync(path.join(runDir, "console.log"), `${String(error)}\n`);
    });
  }

  async powerOff(runDir: string): Promise<void> {
    try {
      await powerOffGuest(runDir);
    } catch {
      // No agent yet, or none any more: the button.
      await withMonitor(runDir, (monitor) => monitor.ask("system_powerdown")).catch(
        () => undefined,
      );
    }
  }

  interfaces(runDir: string): Promise<GuestInterface[] | undefined> {
    return guestInterfaces(runDir).catch(() => undefined);
  }

  run(
    runDir: string,
    _machine: RunningMachine,
    argv: string[],
    stdin?: string,
  ): Promise<GuestCommandResult | undefined> {
    return runInGuest(runDir, argv, stdin).catch(() => undefined);
  }

  plug(runDir: string, _machine: RunningMachine, disk: AttachedDisk): Promise<void> {
    return plug(runDir, disk);
  }

  unplug(runDir: string, _machine: RunningMachine, key: string): Promise<void> {
    return unplug(runDir, key);
  }

  cleanUp(): Promise<void> {
    return Promise.resolve();
  }
}

/** Whether the frozen machine can become this one; another is booted from the start. */
function isFrozenShape({ memoryMiB, cores, nics }: Guest): boolean {
  return (
    memoryMiB <= frozenShape.memoryMiB &&
    cores <= frozenShape.cores &&
    nics.length === frozenShape.nics
  );
}

async function makeDisk(base: string, folder: string, backing: string): Promise<void> {
  const format = backing.endsWith(".raw") ? "raw" : "qcow2";
  fs.mkdirSync(folder, { recursive: true });
  fs.rmSync(path.join(folder, "woken"), { force: true });
  const image = ["create", "-q", "-f", "qcow2", "-b", path.join(base, backing), "-F", format];
  await command("qemu-img", [...image, "disk.qcow2"], { cwd: folder });
}

async function packSeed(seed: CloudInitSeed, runDir: string): Promise<string> {
  const folder = path.join(runDir, "seed");
  await writeSeedFiles(folder, seed);
  const archive = path.join(runDir, "seed.tar");
  fs.writeFileSync(archive, "", { mode: 0o600 });
  await command("tar", ["--owner=0", "--group=0", "-C", folder, "-cf", archive, "."]);
  fs.rmSync(folder, { recursive: true });
  return archive;
}

async function untilItIsThere(runDir: string, machine: RunningMachine): Promise<void> {
  for (const deadline = Date.now() + 60_000; ; await sleep(50)) {
    try {
      const { status } = await withMonitor(runDir, (monitor) =>
        monitor.ask<{ status: string }>("query-status"),
      );
      if (status !== "inmigrate") return;
    } catch (error) {
      if (!isAlive(machine.supervisor) || Date.now() > deadline) throw error;
    }
  }
}

/** Gives the machine a disk as Proxmox VE does, so that it has the same names below /dev/disk/by-id. */
async function plug(runDir: string, disk: AttachedDisk): Promise<void> {
  const { key, serial, source } = disk;
  const medium =
    "file" in source
      ? { driver: "file", filename: source.file }
      : { driver: "host_device", filename: source.device };
  await withMonitor(runDir, async (monitor) => {
    await monitor.ask("blockdev-add", {
      driver: "raw",
      "node-name": `drive-${key}`,
      discard: "unmap",
      file: medium,
    });
    await monitor.ask("device_add", {
      driver: "scsi-hd",
      bus: "scsi.0",
      id: key,
      lun: Number(/\d+$/.exec(key)?.[0] ?? 0),
      drive: `drive-${key}`,
      device_id: `drive-${key}`,
      ...(serial !== undefined && { serial }),
    });
  });
}

async function unplug(runDir: string, key: string): Promise<void> {
  await withMonitor(runDir, async (monitor) => {
    const nodes = await monitor.ask<{ "node-name"?: string }[]>("query-named-block-nodes");
    if (!nodes.some((node) => node["node-name"] === `drive-${key}`)) return;
    await monitor.ask("device_del", { id: key });
    // The guest lets go of it first.
    for (const deadline = Date.now() + 10_000; ; await sleep(100)) {
      try {
        await monitor.ask("blockdev-del", { "node-name": `drive-${key}` });
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  });
}

/** Tells a machine that waits in the frozen state who it is. */
async function wakeUp(runDir: string, machine: RunningMachine): Promise<void> {
  const folder = fs.readFileSync(path.join(runDir, "boot-volume"), "utf8");
  const woken = path.join(folder, "woken");
  if (fs.existsSync(woken)) return;
  const { nics } = JSON.parse(fs.readFileSync(path.join(runDir, "guest.json"), "utf8")) as Guest;
  for (const deadline = Date.now() + bootTimeout; ; await sleep(200)) {
    if (!isAlive(machine.supervisor)) return;
    if (Date.now() > deadline) throw new Error("the machine did not get as far as to be woken");
    const waits = await runInGuest(runDir, ["sh", "-c", isWaiting]).catch(() => undefined);
    if (waits?.exitCode === 0) break;
  }
  const order = {
    now: (Date.now() / 1000).toFixed(3),
    mac: nics[0]?.mac.toLowerCase() ?? "",
    random: randomBytes(64).toString("hex"),
  };
  const { exitCode, stderr } = await runInGuest(runDir, ["sh", "-c", wake], JSON.stringify(order));
  if (exitCode !== 0) throw new Error(`the machine could not be woken: ${stderr}`);
  fs.writeFileSync(woken, "");
}

/** Keeps what can be seen of the machine up to date for as long as it runs. */
async function lookAfter(runDir: string, machine: RunningMachine): Promise<void> {
  for (let settled = false; isAlive(machine.supervisor);) {
    const told = await runInGuest(runDir, ["sh", "-c", viewScript]).catch(() => undefined);
    if (told && isAlive(machine.supervisor)) {
      rememberView(runDir, parseView(told.stdout));
      settled = /^settled$/m.test(told.stdout);
    }
    await sleep(settled ? lookPeriod : firstLookPeriod);
  }
}
