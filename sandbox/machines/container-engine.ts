import * as fs from "node:fs";
import * as path from "node:path";
import { tryCommand } from "../command";
import type { GuestCommandResult, GuestInterface, GuestNic } from "../hypervisor";
import { attachDataDisks, detachDataDisks, plugDataDisk, unplugDataDisk } from "./data-disks";
import type { AttachedDisk, MachineEngine, MachineOrder } from "./machine-engine";
import { startMachine, type RunningMachine } from "./machine-run";
import { forgetView } from "./machine-view";
import { placeSeed } from "./nocloud-seed";
import { signal } from "./processes";
import type { MachineInterface } from "./supervisor";

/** Signal that asks systemd as process 1 to power off: SIGRTMIN+4, systemd(1). */
const powerOffSignal = 38;

/** Guests that are systemd-nspawn machines on one shared base image. */
export class ContainerEngine implements MachineEngine {
  constructor(
    private readonly options: {
      /** The lab's network namespace, by its name in /run/netns. */
      netns: string;
      /** Root folder of the base image. */
      base: string;
    },
  ) {}

  async start({ guest, volume, disks, runDir, group }: MachineOrder): Promise<RunningMachine> {
    forgetView(runDir);
    await placeSeed(path.join(volume, "upper"), guest.seed);
    const { nspawnArgs } = await attachDataDisks(disks, runDir);
    return startMachine({
      runDir,
      base: this.options.base,
      volume,
      machine: group.replace("/", "-"),
      netns: this.options.netns,
      network: "own",
      interfaces: guest.nics.map((nic) => machineInterface(guest.vmid, nic)),
      cgroup: group,
      limits: { memoryBytes: guest.memoryMiB * 1024 * 1024, cores: guest.cores },
      mounts: [],
      // On a host without FUSE or automounts, machines are without them too.
      devices: ["/dev/fuse", "/dev/autofs"].filter((device) => fs.existsSync(device)),
      nspawnArgs,
    });
  }

  adopt(): void {
    // Nothing of it is held here.
  }

  powerOff(_runDir: string, machine: RunningMachine): Promise<void> {
    signal(machine.init, powerOffSignal);
    return Promise.resolve();
  }

  async interfaces(
    _runDir: string,
    machine: RunningMachine,
  ): Promise<GuestInterface[] | undefined> {
    const args = [`--net=/proc/${machine.init.pid}/ns/net`, "ip", "-json", "address"];
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

  run(
    _runDir: string,
    machine: RunningMachine,
    argv: string[],
    stdin?: string,
  ): Promise<GuestCommandResult> {
    const enter = ["--target", String(machine.init.pid), "--all", "--wd=/", "--"];
    const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
    return tryCommand("nsenter", [...enter, ...argv], { stdin, env });
  }

  plug(runDir: string, machine: RunningMachine, disk: AttachedDisk): Promise<void> {
    return plugDataDisk(disk, runDir, machine.init.pid);
  }

  unplug(runDir: string, machine: RunningMachine, key: string): Promise<void> {
    return unplugDataDisk(key, runDir, machine.init.pid);
  }

  cleanUp(runDir: string): Promise<void> {
    return detachDataDisks(runDir);
  }
}

/** A network card as a machine's supervisor makes it. */
export function machineInterface(vmid: number, nic: GuestNic): MachineInterface {
  const number = nic.key.replace(/^net/, "");
  return {
    name: `eth${number}`,
    hostName: `tap${vmid}i${number}`,
    mac: nic.mac.toLowerCase(),
    bridge: nic.bridge,
    linkDown: nic.linkDown,
  };
}

interface IpLink {
  ifname: string;
  address?: string;
  addr_info: { family: string; local: string; prefixlen: number }[];
}
