import * as fs from "node:fs";
import * as path from "node:path";
import { tryCommand } from "../command";
import type { Guest, GuestCommandResult, GuestInterface, Hypervisor, Volume } from "../hypervisor";
import { freezeCgroup, isFrozen, removeCgroups } from "./cgroups";
import { attachDataDisks, detachDataDisks } from "./data-disks";
import { refreshLoops } from "./loop-devices";
import type { RunningMachine } from "./machine-run";
import { exitCodeOf, findMachine, killMachine, startMachine } from "./machine-run";
import { placeSeed } from "./nocloud-seed";
import { isAlive, signal } from "./processes";
import { rebootExitCode } from "./supervisor";
import { VolumeStore } from "./volume-store";

export interface NspawnHypervisorOptions {
  /** Short name of the lab: prefix of all that its machines have outside their folders. */
  id: string;
  /** The lab's network namespace, by its name in /run/netns. */
  netns: string;
  /** Root folder of the base image. */
  base: string;
  /** Folder for the volumes' content. */
  volumesDir: string;
  /** Folder for what belongs to running machines; one folder each. */
  runDir: string;
}

/** Signal that asks systemd as process 1 to power off: SIGRTMIN+4, systemd(1). */
const powerOffSignal = 38;
/** How often machines are looked at, in milliseconds. */
const watchPeriod = 200;

interface Watched {
  guest: Guest;
  machine: RunningMachine;
  startedAt: number;
  /** Set when the end is this process's doing and nothing to tell of. */
  stopping: boolean;
}

/** A hypervisor whose guests are systemd-nspawn machines on one shared base image. */
export class NspawnHypervisor implements Hypervisor {
  private readonly volumes: VolumeStore;
  private readonly guests = new Map<number, Watched>();
  private readonly listeners: ((vmid: number, reboot: boolean) => void)[] = [];
  /** Machines that ended while no process watched them, and whether they asked to be started again. */
  private readonly ended = new Map<number, boolean>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly options: NspawnHypervisorOptions) {
    this.volumes = new VolumeStore(options.volumesDir);
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

  async start(guest: Guest): Promise<{ pid: number }> {
    this.ended.delete(guest.vmid);
    if (this.state(guest.vmid) !== "stopped") throw new Error(`VM ${guest.vmid} already running`);
    const boot = guest.disks.find((disk) => disk.boot);
    if (!boot) throw new Error("no bootable device: no disk is in the boot order");
    const kind = await this.volumes.kind(boot.volume);
    const name = `${boot.volume.storage}:${boot.volume.name}`;
    if (!kind) throw new Error(`volume '${name}' does not exist`);
    if (kind !== "tree") {
      throw new Error(
        `no bootable device: volume '${name}' (${boot.key}) does not come from an image of the sandbox`,
      );
    }

    const runDir = this.runDir(guest.vmid);
    fs.mkdirSync(runDir, { recursive: true });
    fs.writeFileSync(path.join(runDir, "guest.json"), JSON.stringify(withoutSeed(guest)));
    const volume = this.volumes.folder(boot.volume);
    await placeSeed(path.join(volume, "upper"), guest.seed);
    const dataDisks = guest.disks.filter((disk) => disk !== boot);
    try {
      const { nspawnArgs } = await attachDataDisks(dataDisks, this.volumes, runDir);
      const machine = await startMachine({
        runDir,
        base: this.options.base,
        volume,
        machine: this.group(guest.vmid).replace("/", "-"),
        netns: this.options.netns,
        network: "own",
        interfaces: guest.nics.map((nic) => ({
          name: `eth${nic.key.replace(/^net/, "")}`,
          hostName: `tap${guest.vmid}i${nic.key.replace(/^net/, "")}`,
          mac: nic.mac.toLowerCase(),
          bridge: nic.bridge,
          linkDown: nic.linkDown,
        })),
        cgroup: this.group(guest.vmid),
        limits: { memoryBytes: guest.memoryMiB * 1024 * 1024, cores: guest.cores },
        mounts: [],
        // On a host without FUSE, machines are without it too.
        devices: ["/dev/fuse", "/dev/autofs"].filter((device) => fs.existsSync(device)),
        nspawnArgs,
      });
      this.guests.set(guest.vmid, { guest, machine, startedAt: Date.now(), stopping: false });
      return { pid: machine.init.pid };
    } catch (error) {
      await this.cleanUp(guest.vmid);
      throw error;
    }
  }

  async shutdown(vmid: number, timeoutSeconds: number): Promise<boolean> {
    const watched = this.guests.get(vmid);
    if (!watched) return true;
    watched.stopping = true;
    signal(watched.machine.init, powerOffSignal);
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
    const args = [`--net=/proc/${watched.machine.init.pid}/ns/net`, "ip", "-json", "address"];
    const result = await tryCommand("nsenter", args, { timeoutSeconds: 5 });
    if (result.exitCode !== 0) return undefined;
    return (JSON.parse(result.stdout) as IpLink[]).map((link) => ({
      name: link.ifname,
      mac: link.address ?? "00:00:00:00:00:00",
      addresses: link.addr_info.map((address) => ({
        address: address.local,
        prefix: address.prefixlen,
        family: address.family === "inet6" ? "ipv6" : "ipv4",
      })),
    }));
  }

  async run(vmid: number, argv: string[], stdin?: string): Promise<GuestCommandResult | undefined> {
    const watched = this.answering(vmid);
    if (!watched) return undefined;
    const enter = ["--target", String(watched.machine.init.pid), "--all", "--wd=/", "--"];
    const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
    return tryCommand("nsenter", [...enter, ...argv], { stdin, env });
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
      this.guests.set(vmid, { guest, machine, startedAt, stopping: false });
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

  private async forget(vmid: number): Promise<void> {
    this.guests.delete(vmid);
    await this.cleanUp(vmid);
  }

  private async cleanUp(vmid: number): Promise<void> {
    await detachDataDisks(this.runDir(vmid));
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

interface IpLink {
  ifname: string;
  address?: string;
  addr_info: { family: string; local: string; prefixlen: number }[];
}

/** The seed may hold secrets and is not needed again. */
function withoutSeed(guest: Guest): Guest {
  return { ...guest, seed: undefined };
}
