import * as fs from "node:fs";
import * as path from "node:path";
import type {
  Guest,
  GuestCommandResult,
  GuestDisk,
  GuestInterface,
  Hypervisor,
  Volume,
} from "../hypervisor";
import { freezeCgroup, isFrozen, removeCgroups } from "./cgroups";
import { ContainerEngine } from "./container-engine";
import { EmulatorEngine } from "./emulator-engine";
import { refreshLoops } from "./loop-devices";
import type { AttachedDisk, MachineEngine } from "./machine-engine";
import type { RunningMachine } from "./machine-run";
import { exitCodeOf, findMachine, killMachine } from "./machine-run";
import { physicalDisk, type PresentDisk } from "./physical-disks";
import { isAlive } from "./processes";
import { rebootExitCode } from "./supervisor";
import { VolumeStore } from "./volume-store";

export interface LabHypervisorOptions {
  /** Short name of the lab: prefix of all that its machines have outside their folders. */
  id: string;
  /** The lab's network namespace, by its name in /run/netns. */
  netns: string;
  /** Root folder of the base image of containers. */
  base: string;
  /** Folder of the base of machines with a kernel of their own. Throws when there is none, saying how to have one. */
  kernelBase: () => string;
  /** The node's physical disks. */
  physicalDisks: readonly PresentDisk[];
  /** Folder for the volumes' content. */
  volumesDir: string;
  /** Folder for what belongs to running machines; one folder each. */
  runDir: string;
}

/** How often machines are looked at, in milliseconds. */
const watchPeriod = 200;

interface Watched {
  guest: Guest;
  engine: MachineEngine;
  machine: RunningMachine;
  startedAt: number;
  /** Set when the end is this process's doing and nothing to tell of. */
  stopping: boolean;
}

/**
 * A hypervisor whose guests are real machines. What a guest's boot volume came from says how it runs: as a container or
 * under an emulator.
 */
export class LabHypervisor implements Hypervisor {
  private readonly volumes: VolumeStore;
  private readonly engines: { tree: MachineEngine; emulated: MachineEngine };
  private readonly guests = new Map<number, Watched>();
  private readonly listeners: ((vmid: number, reboot: boolean) => void)[] = [];
  /** Machines that ended while no process watched them, and whether they asked to be started again. */
  private readonly ended = new Map<number, boolean>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly options: LabHypervisorOptions) {
    this.volumes = new VolumeStore(options.volumesDir);
    const { netns, base, kernelBase } = options;
    this.engines = {
      tree: new ContainerEngine({ netns, base }),
      emulated: new EmulatorEngine({ netns, base: kernelBase }),
    };
    fs.mkdirSync(options.runDir, { recursive: true });
    for (const entry of fs.readdirSync(options.runDir)) this.adopt(entry);
    this.timer = setInterval(() => {
      for (const vmid of this.guests.keys()) this.look(vmid);
    }, watchPeriod);
    this.timer.unref();
  }

  createVolume(volume: Volume, sizeBytes: number, image?: string): Promise<void> {
    return this.volumes.create(volume, sizeBytes, image);
  }

  cloneVolume(from: Volume, to: Volume): Promise<void> {
    return this.volumes.clone(from, to);
  }

  moveVolume(from: Volume, to: Volume): Promise<void> {
    return this.volumes.move(from, to);
  }

  async resizeVolume(volume: Volume, sizeBytes: number): Promise<void> {
    await this.volumes.resize(volume, sizeBytes);
    await refreshLoops(path.join(this.volumes.folder(volume), "disk.raw"));
  }

  deleteVolume(volume: Volume): Promise<void> {
    return this.volumes.delete(volume);
  }

  deviceBytes(device: string): number | undefined {
    return physicalDisk(this.options.physicalDisks, device)?.sizeBytes;
  }

  async plug(vmid: number, disk: GuestDisk): Promise<void> {
    const watched = this.guests.get(vmid);
    if (!watched) return;
    const found = await this.attachable(vmid, disk);
    if (!found) return;
    await watched.engine.plug(this.runDir(vmid), watched.machine, found);
    this.remember(watched, [...watched.guest.disks, disk]);
  }

  async unplug(vmid: number, key: string): Promise<void> {
    const watched = this.guests.get(vmid);
    if (!watched) return;
    await watched.engine.unplug(this.runDir(vmid), watched.machine, key);
    this.remember(
      watched,
      watched.guest.disks.filter((disk) => disk.key !== key),
    );
  }

  async start(guest: Guest): Promise<{ pid: number }> {
    this.ended.delete(guest.vmid);
    if (this.state(guest.vmid) !== "stopped") throw new Error(`VM ${guest.vmid} already running`);
    const boot = guest.disks.find((disk) => disk.boot);
    if (!boot) throw new Error("no bootable device: no disk is in the boot order");
    if ("device" in boot.source) {
      throw new Error(
        `no bootable device: '${boot.source.device}' (${boot.key}) does not come from an image of the sandbox`,
      );
    }
    const { volume } = boot.source;
    const kind = await this.volumes.kind(volume);
    const name = `${volume.storage}:${volume.name}`;
    if (!kind) throw new Error(`volume '${name}' does not exist`);
    if (kind === "disk") {
      throw new Error(
        `no bootable device: volume '${name}' (${boot.key}) does not come from an image of the sandbox`,
      );
    }

    const runDir = this.runDir(guest.vmid);
    fs.mkdirSync(runDir, { recursive: true });
    fs.writeFileSync(path.join(runDir, "guest.json"), JSON.stringify(withoutSeed(guest)));
    fs.writeFileSync(path.join(runDir, "engine"), kind);
    const engine = this.engines[kind];
    const disks: AttachedDisk[] = [];
    for (const disk of guest.disks.filter((one) => one !== boot)) {
      const found = await this.attachable(guest.vmid, disk);
      if (found) disks.push(found);
    }
    try {
      const machine = await engine.start({
        guest,
        volume: this.volumes.folder(volume),
        disks,
        runDir,
        group: this.group(guest.vmid),
      });
      this.guests.set(guest.vmid, {
        guest,
        engine,
        machine,
        startedAt: Date.now(),
        stopping: false,
      });
      return { pid: machine.init.pid };
    } catch (error) {
      const half = findMachine(runDir);
      if (half) await killMachine(half, this.group(guest.vmid));
      await this.cleanUp(guest.vmid);
      throw error;
    }
  }

  async shutdown(vmid: number, timeoutSeconds: number): Promise<boolean> {
    const watched = this.guests.get(vmid);
    if (!watched) return true;
    watched.stopping = true;
    await watched.engine.powerOff(this.runDir(vmid), watched.machine);
    const deadline = Date.now() + timeoutSeconds * 1000;
    while (isAlive(watched.machine.supervisor)) {
      if (Date.now() >= deadline) {
        watched.stopping = false;
        return false;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await this.forget(vmid);
    return true;
  }

  async stop(vmid: number): Promise<void> {
    const watched = this.guests.get(vmid);
    if (!watched) return;
    watched.stopping = true;
    if (isFrozen(this.group(vmid))) freezeCgroup(this.group(vmid), false);
    await killMachine(watched.machine, this.group(vmid));
    await this.forget(vmid);
  }

  pause(vmid: number): Promise<void> {
    return this.freeze(vmid, true);
  }

  resume(vmid: number): Promise<void> {
    return this.freeze(vmid, false);
  }

  state(vmid: number): "running" | "paused" | "stopped" {
    const watched = this.guests.get(vmid);
    if (!watched || !isAlive(watched.machine.supervisor)) return "stopped";
    return isFrozen(this.group(vmid)) ? "paused" : "running";
  }

  uptimeSeconds(vmid: number): number {
    const watched = this.guests.get(vmid);
    return watched ? Math.floor((Date.now() - watched.startedAt) / 1000) : 0;
  }

  async interfaces(vmid: number): Promise<GuestInterface[] | undefined> {
    const watched = this.answering(vmid);
    if (!watched) return undefined;
    return watched.engine.interfaces(this.runDir(vmid), watched.machine);
  }

  async run(vmid: number, argv: string[], stdin?: string): Promise<GuestCommandResult | undefined> {
    const watched = this.answering(vmid);
    return watched?.engine.run(this.runDir(vmid), watched.machine, argv, stdin);
  }

  onExit(listener: (vmid: number, reboot: boolean) => void): void {
    this.listeners.push(listener);
    for (const [vmid, reboot] of this.ended) {
      this.ended.delete(vmid);
      void this.cleanUp(vmid).then(() => {
        listener(vmid, reboot);
      });
    }
  }

  close(): Promise<void> {
    clearInterval(this.timer);
    return Promise.resolve();
  }

  /** Takes up a machine that an earlier process started, or tidies up after one that ended meanwhile. */
  private adopt(entry: string): void {
    const vmid = Number(entry);
    const runDir = this.runDir(vmid);
    const file = path.join(runDir, "guest.json");
    if (!Number.isInteger(vmid) || !fs.existsSync(file)) return;
    const guest = JSON.parse(fs.readFileSync(file, "utf8")) as Guest;
    const machine = findMachine(runDir);
    if (machine) {
      const startedAt = fs.statSync(path.join(runDir, "processes.json")).mtimeMs;
      const engine = this.engines[engineOf(runDir)];
      this.guests.set(vmid, { guest, engine, machine, startedAt, stopping: false });
      engine.adopt(runDir, machine);
    } else {
      this.ended.set(vmid, exitCodeOf(runDir) === rebootExitCode);
    }
  }

  private look(vmid: number): void {
    const watched = this.guests.get(vmid);
    if (!watched || watched.stopping || isAlive(watched.machine.supervisor)) return;
    watched.stopping = true;
    const reboot = exitCodeOf(this.runDir(vmid)) === rebootExitCode;
    void this.forget(vmid).then(() => {
      for (const listener of this.listeners) listener(vmid, reboot);
    });
  }

  /**
   * What the host has of a guest's disk; undefined for a volume that is no disk a machine could have. A physical disk
   * that another running guest has is refused, as QEMU does by its lock on the image.
   */
  private async attachable(vmid: number, disk: GuestDisk): Promise<AttachedDisk | undefined> {
    const { key, serial, source } = disk;
    const common = { key, ...(serial !== undefined && { serial }) };
    if ("volume" in source) {
      if ((await this.volumes.kind(source.volume)) !== "disk") return undefined;
      const file = path.join(this.volumes.folder(source.volume), "disk.raw");
      return { ...common, source: { file } };
    }
    const { device } = source;
    const physical = physicalDisk(this.options.physicalDisks, device);
    if (!physical) throw new Error(`volume ${device} does not exist`);
    for (const [other, { guest }] of this.guests) {
      const has = guest.disks.some((one) => "device" in one.source && one.source.device === device);
      if (has && other !== vmid && this.state(other) !== "stopped")
        throw new Error(
          `Failed to get "write" lock: is another process using the image [${device}]? VM ${other} has it`,
        );
    }
    return { ...common, source: { device: physical.device } };
  }

  /** Notes which disks a running guest has by now. */
  private remember(watched: Watched, disks: GuestDisk[]): void {
    watched.guest = { ...watched.guest, disks };
    const file = path.join(this.runDir(watched.guest.vmid), "guest.json");
    fs.writeFileSync(`${file}.new`, JSON.stringify(withoutSeed(watched.guest)));
    fs.renameSync(`${file}.new`, file);
  }

  private async forget(vmid: number): Promise<void> {
    this.guests.delete(vmid);
    await this.cleanUp(vmid);
  }

  private async cleanUp(vmid: number): Promise<void> {
    for (const engine of Object.values(this.engines)) await engine.cleanUp(this.runDir(vmid));
    removeCgroups(this.group(vmid));
    fs.rmSync(path.join(this.runDir(vmid), "guest.json"), { force: true });
  }

  private async freeze(vmid: number, frozen: boolean): Promise<void> {
    if (this.state(vmid) === "stopped") throw new Error(`VM ${vmid} not running`);
    if (!freezeCgroup(this.group(vmid), frozen)) {
      throw new Error("this host has no cgroup2 hierarchy: machines cannot be paused");
    }
    return Promise.resolve();
  }

  /** The guest if it can be asked: it runs, and is a container or has its agent switched on. */
  private answering(vmid: number): Watched | undefined {
    const watched = this.guests.get(vmid);
    if (!watched || this.state(vmid) !== "running") return undefined;
    return watched.guest.agent || watched.guest.type === "lxc" ? watched : undefined;
  }

  private group(vmid: number): string {
    return `${this.options.id}/${vmid}`;
  }

  private runDir(vmid: number): string {
    return path.join(this.options.runDir, String(vmid));
  }
}

/** What the machine of a run was started by. */
function engineOf(runDir: string): "tree" | "emulated" {
  const file = path.join(runDir, "engine");
  return fs.existsSync(file) && fs.readFileSync(file, "utf8") === "emulated" ? "emulated" : "tree";
}

/** The seed may hold secrets and is not needed again. */
function withoutSeed(guest: Guest): Guest {
  return { ...guest, seed: undefined };
}
