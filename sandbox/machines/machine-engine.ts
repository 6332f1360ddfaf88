import type { Guest, GuestCommandResult, GuestInterface } from "../hypervisor";
import type { RunningMachine } from "./machine-run";

/** A disk of a guest besides the one it boots from. */
export interface AttachedDisk {
  /** Slot in the API: scsi1. */
  key: string;
  /** What follows the drive's name in /dev/disk/by-id. */
  serial?: string;
  /** File with its content, or block device of the host. */
  source: { file: string } | { device: string };
}

/** A guest that is to start, with what of it is on the host. */
export interface MachineOrder {
  guest: Guest;
  /** Folder of the volume it boots from. */
  volume: string;
  disks: AttachedDisk[];
  /** Folder of the run. */
  runDir: string;
  /** Control group: `lw-1a2b3c/101`. */
  group: string;
}

/** What makes guests of boot volumes. There is one for containers, and one that emulates a computer. */
export interface MachineEngine {
  /** Resolves when the machine's first process runs. */
  start(order: MachineOrder): Promise<RunningMachine>;
  /** Takes up a machine that another process has started. */
  adopt(runDir: string, machine: RunningMachine): void;
  /** Asks the guest to power off. */
  powerOff(runDir: string, machine: RunningMachine): Promise<void>;
  /** The guest's interfaces; undefined when they cannot be told. */
  interfaces(runDir: string, machine: RunningMachine): Promise<GuestInterface[] | undefined>;
  /** Runs a program in the guest as root; undefined when the guest does not answer. */
  run(
    runDir: string,
    machine: RunningMachine,
    argv: string[],
    stdin?: string,
  ): Promise<GuestCommandResult | undefined>;
  /** Gives a running guest one more disk. */
  plug(runDir: string, machine: RunningMachine, disk: AttachedDisk): Promise<void>;
  /** Takes a disk from a running guest. Fine when it has none of that key. */
  unplug(runDir: string, machine: RunningMachine, key: string): Promise<void>;
  /** Lets go of what the machine had on the host. Fine when there is nothing. */
  cleanUp(runDir: string): Promise<void>;
}
