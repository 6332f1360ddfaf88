import { setTimeout as sleep } from "node:timers/promises";
import type { Guest, GuestCommandResult, GuestInterface, Hypervisor, Volume } from "../hypervisor";
import { pretendCommand } from "./pretend-commands";

interface PretendGuest {
  guest: Guest;
  pid: number;
  startedAt: number;
  paused: boolean;
  files: Map<string, string>;
}

/** What a full copy of a disk, QEMU's start and a guest's boot take on a real node, in milliseconds. */
const COPY_MILLISECONDS = 1000;
const START_MILLISECONDS = 800;
const BOOT_MILLISECONDS = 5200;

/**
 * Guests and disks that exist only in words: states change, nothing runs. A guest whose disk came from an image boots and
 * answers through its agent with the addresses that cloud-init would have given it; an empty disk boots nothing, so such a
 * guest ignores the power button, as a real one does.
 */
export class PretendHypervisor implements Hypervisor {
  private readonly running = new Map<number, PretendGuest>();
  private readonly bootable = new Set<string>();
  private exitListener: (vmid: number, reboot: boolean) => void = () => undefined;
  private nextPid = 10_000;

  constructor(
    private readonly timeScale: number,
    /** Sizes of the node's physical disks by their paths. */
    private readonly devices: Record<string, number> = {},
  ) {}

  private async takeTime(milliseconds: number): Promise<void> {
    if (this.timeScale > 0) await sleep(milliseconds * this.timeScale);
  }

  private static key({ storage, name }: Volume): string {
    return `${storage}:${name}`;
  }

  createVolume(volume: Volume, _sizeBytes: number, image?: string): Promise<void> {
    if (image !== undefined) this.bootable.add(PretendHypervisor.key(volume));
    return Promise.resolve();
  }
  async cloneVolume(from: Volume, to: Volume, linked: boolean): Promise<void> {
    if (!linked) await this.takeTime(COPY_MILLISECONDS);
    if (this.bootable.has(PretendHypervisor.key(from)))
      this.bootable.add(PretendHypervisor.key(to));
  }
  moveVolume(from: Volume, to: Volume): Promise<void> {
    if (this.bootable.delete(PretendHypervisor.key(from)))
      this.bootable.add(PretendHypervisor.key(to));
    return Promise.resolve();
  }
  resizeVolume(): Promise<void> {
    return Promise.resolve();
  }
  deleteVolume(volume: Volume): Promise<void> {
    this.bootable.delete(PretendHypervisor.key(volume));
    return Promise.resolve();
  }
  deviceBytes(device: string): number | undefined {
    return Object.hasOwn(this.devices, device) ? this.devices[device] : undefined;
  }
  plug(): Promise<void> {
    return Promise.resolve();
  }
  unplug(): Promise<void> {
    return Promise.resolve();
  }

  async start(guest: Guest): Promise<{ pid: number }> {
    await this.takeTime(START_MILLISECONDS);
    const pid = this.nextPid++;
    this.running.set(guest.vmid, {
      guest,
      pid,
      startedAt: Date.now(),
      paused: false,
      files: new Map(),
    });
    return { pid };
  }

  /** Whether an operating system runs in the guest by now. */
  private isUp(vmid: number): boolean {
    const found = this.running.get(vmid);
    if (found === undefined || found.paused) return false;
    const { guest, startedAt } = found;
    const disk = guest.disks.find(({ boot }) => boot);
    const hasSystem =
      guest.type === "lxc" ||
      guest.args?.includes("-kernel") === true ||
      (disk !== undefined &&
        "volume" in disk.source &&
        this.bootable.has(PretendHypervisor.key(disk.source.volume)));
    return hasSystem && Date.now() - startedAt >= BOOT_MILLISECONDS * this.timeScale;
  }

  async shutdown(vmid: number, timeoutSeconds: number): Promise<boolean> {
    const deadline = Date.now() + timeoutSeconds * 1000 * this.timeScale;
    for (;;) {
      if (!this.running.has(vmid)) return true;
      if (this.isUp(vmid)) {
        await this.takeTime(500);
        this.running.delete(vmid);
        this.exitListener(vmid, false);
        return true;
      }
      if (Date.now() >= deadline) return false;
      await sleep(20);
    }
  }
  stop(vmid: number): Promise<void> {
    if (this.running.delete(vmid)) this.exitListener(vmid, false);
    return Promise.resolve();
  }
  pause(vmid: number): Promise<void> {
    const found = this.running.get(vmid);
    if (found !== undefined) found.paused = true;
    return Promise.resolve();
  }
  resume(vmid: number): Promise<void> {
    const found = this.running.get(vmid);
    if (found !== undefined) found.paused = false;
    return Promise.resolve();
  }
  state(vmid: number): "running" | "paused" | "stopped" {
    const found = this.running.get(vmid);
    if (found === undefined) return "stopped";
    return found.paused ? "paused" : "running";
  }
  uptimeSeconds(vmid: number): number {
    const found = this.running.get(vmid);
    return found === undefined ? 0 : (Date.now() - found.startedAt) / 1000;
  }

  interfaces(vmid: number): Promise<GuestInterface[] | undefined> {
    const found = this.running.get(vmid);
    if (found === undefined || !this.isUp(vmid)) return Promise.resolve(undefined);
    const loopback: GuestInterface = {
      name: "lo",
      mac: "00:00:00:00:00:00",
      addresses: [
        { address: "127.0.0.1", prefix: 8, family: "ipv4" },
        { address: "::1", prefix: 128, family: "ipv6" },
      ],
    };
    const cards = found.guest.nics.map((nic, n) => ({
      name: `eth${String(n)}`,
      mac: nic.mac.toLowerCase(),
      addresses: seedAddresses(found.guest.seed?.networkConfig ?? "", nic.mac),
    }));
    return Promise.resolve([loopback, ...cards]);
  }

  run(vmid: number, argv: string[], stdin = ""): Promise<GuestCommandResult | undefined> {
    const found = this.running.get(vmid);
    if (found === undefined || !this.isUp(vmid)) return Promise.resolve(undefined);
    return Promise.resolve(
      pretendCommand(argv, stdin, { hostname: found.guest.name, files: found.files }),
    );
  }

  onExit(listener: (vmid: number, reboot: boolean) => void): void {
    this.exitListener = listener;
  }
  close(): Promise<void> {
    this.running.clear();
    return Promise.resolve();
  }
}

/** The static addresses of a card in a cloud-init network configuration of version 1. */
function seedAddresses(networkConfig: string, mac: string): GuestInterface["addresses"] {
  const section =
    networkConfig.split(/^ {4}- type: /m).find((part) => part.includes(`'${mac.toLowerCase()}'`)) ??
    "";
  const found: GuestInterface["addresses"] = [];
  const v4 = /type: static\n\s+address: '([\d.]+)'\n\s+netmask: '([\d.]+)'/.exec(section);
  if (v4 !== null) {
    const bits = (v4[2] ?? "")
      .split(".")
      .map((octet) => Number(octet).toString(2))
      .join("");
    found.push({ address: v4[1] ?? "", prefix: bits.replaceAll("0", "").length, family: "ipv4" });
  }
  const v6 = /type: static6\n\s+address: '([0-9a-f:]+)\/(\d+)'/.exec(section);
  if (v6 !== null) found.push({ address: v6[1] ?? "", prefix: Number(v6[2]), family: "ipv6" });
  return found;
}
