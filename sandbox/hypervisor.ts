/** A volume of a Proxmox storage: `local` + `101/vm-101-disk-0.qcow2`. Its id in the API is `local:101/vm-101-disk-0.qcow2`. */
export interface Volume {
  storage: string;
  name: string;
}

/** The NoCloud seed that the API made from the guest's `ci*`, `ipconfig*` and `cicustom` options. */
export interface CloudInitSeed {
  userData: string;
  metaData: string;
  networkConfig: string;
  vendorData?: string;
}

/** One line of the guest's `net0`, `net1`, ... */
export interface GuestNic {
  key: string;
  mac: string;
  bridge: string;
  linkDown: boolean;
}

/** One disk of the guest; `boot` marks the one that holds its operating system. */
export interface GuestDisk {
  key: string;
  /** Where its content is: in a storage, or on a physical disk of the node, by its path below /dev. */
  source: { volume: Volume } | { device: string };
  sizeBytes: number;
  boot: boolean;
  serial?: string;
}

/** What is started: everything a hypervisor needs to know of a virtual machine or container. */
export interface Guest {
  vmid: number;
  type: "qemu" | "lxc";
  name: string;
  memoryMiB: number;
  cores: number;
  nics: GuestNic[];
  disks: GuestDisk[];
  seed?: CloudInitSeed;
  /** Whether the configuration switches the guest agent on. */
  agent: boolean;
  /** The configuration's `args`: what a hypervisor based on QEMU would add to its command line. Others ignore it. */
  args?: string;
}

export interface GuestInterface {
  name: string;
  mac: string;
  addresses: { address: string; prefix: number; family: "ipv4" | "ipv6" }[];
}

export interface GuestCommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * What stands behind the API's guests and disks. The API keeps configuration, tasks, locks and permissions;
 * a hypervisor only does. Two of them: one that pretends, and one whose guests are systemd-nspawn machines.
 * Every method rejects with an `Error` whose message may go into a task log as it is.
 */
export interface Hypervisor {
  /** A new volume: empty, or with the content of an image file (`import-from`, LXC template). */
  createVolume(volume: Volume, sizeBytes: number, image?: string): Promise<void>;
  /** A copy of `from`; `linked` may share what does not change. The source may be running. */
  cloneVolume(from: Volume, to: Volume, linked: boolean): Promise<void>;
  /** The same content under another name; the content of a moved disk survives. */
  moveVolume(from: Volume, to: Volume): Promise<void>;
  resizeVolume(volume: Volume, sizeBytes: number): Promise<void>;
  /** Fine when it is gone already. */
  deleteVolume(volume: Volume): Promise<void>;
  /** Size of a physical disk of the node; undefined when the path is no block device of it. */
  deviceBytes(device: string): number | undefined;

  /** Resolves when the guest's init runs, with the process id to show; not when SSH answers. */
  start(guest: Guest): Promise<{ pid: number }>;
  /** ACPI-like: asks the guest to power off. False when it is still there after the time. */
  shutdown(vmid: number, timeoutSeconds: number): Promise<boolean>;
  /** Power cut. Fine when it is stopped. */
  stop(vmid: number): Promise<void>;
  /** Gives a running guest one more disk. */
  plug(vmid: number, disk: GuestDisk): Promise<void>;
  /** Takes a disk from a running guest. Fine when it has none of that key. */
  unplug(vmid: number, key: string): Promise<void>;
  pause(vmid: number): Promise<void>;
  resume(vmid: number): Promise<void>;
  state(vmid: number): "running" | "paused" | "stopped";
  uptimeSeconds(vmid: number): number;

  /** Guest agent: undefined when the guest (or its agent) does not answer. */
  interfaces(vmid: number): Promise<GuestInterface[] | undefined>;
  run(vmid: number, argv: string[], stdin?: string): Promise<GuestCommandResult | undefined>;

  /** Called when a guest ends by itself; `reboot` when it asked to be started again. */
  onExit(listener: (vmid: number, reboot: boolean) => void): void;
  /** Lets go of everything it holds in this process; machines keep running for the next one to find. */
  close(): Promise<void>;
}
