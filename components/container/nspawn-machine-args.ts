import type { nspawn } from "../../resources";
import type { Host } from "../host/host";

/** An image installed from the packages of Debian or a relative. */
export interface BootstrapImage {
  /** Name of the release, such as `bookworm`. */
  suite: string;
  /** Packages besides the essential ones and systemd. Default none. */
  packages?: string[];
  /** Where packages come from. Default: where the host's own apt sources have them from, through the same proxy. */
  mirror?: string;
}

/** An image from a tar archive with the root of a system. */
export interface ArchiveImage {
  /** Absolute path on the host, or an http or https URL. */
  archive: string;
  /** SHA-256 of the archive, 64 hexadecimal digits. */
  sha256: string;
}

/** A container to clone: an `NspawnMachine`. */
export interface ClonedContainer {
  readonly on: Host;
  readonly containerName: string;
  readonly container: nspawn.Machine;
}

/** An image that is there already, or another container. */
export interface ClonedImage {
  /** A container of this program on the same host, or the name of an image in /var/lib/machines there. */
  clone: ClonedContainer | string;
}

/** How a container is connected when it does not share the host's network; at most one of the three. */
export interface ContainerNetwork {
  /** Bridge of the host to be put on. It must be there. */
  bridge?: string;
  /** Interface of the host on which it gets a MAC address of its own. The host itself cannot reach it then. */
  macvlan?: string;
  /** Network zone: containers of one zone share a bridge that systemd-networkd on the host serves. */
  zone?: string;
}

/** A port of the host that leads into the container. */
export interface ContainerPort {
  /** Port of the host, 1-65535. */
  host: number;
  /** Port of the container. Default: the same. */
  container?: number;
  /** Default `tcp`. */
  protocol?: "tcp" | "udp";
}

/** A folder or file of the host inside the container. */
export interface ContainerBind {
  /** Absolute path on the host. A folder is made when nothing is there; nothing is ever deleted. */
  source: string;
  /** The container cannot write to it. Default false. */
  readOnly?: boolean;
  /**
   * Map owners, so that what the container's root owns there is the host's root's. Default: when the container has users
   * of its own. The file system must know idmapped mounts: ext4, xfs and btrfs do.
   */
  idmap?: boolean;
}

/** What a container may use at most. Changes hold at once, without a restart. */
export interface ContainerLimits {
  /** Memory in MiB past which processes are killed. Default: no limit. */
  memoryMaxMiB?: number;
  /** Memory in MiB past which processes are slowed down. Default: no limit. */
  memoryHighMiB?: number;
  /** CPU time in percent of one CPU; 150 is one and a half. Default: no limit. */
  cpuQuotaPercent?: number;
  /** Share of the CPU when it is short, 1-10000. Default 100, the kernel's. */
  cpuWeight?: number;
  /** Share of the disks when they are short, 1-10000. Default 100, the kernel's. */
  ioWeight?: number;
  /** Processes and threads at most. Default 16384, that of systemd's unit. */
  tasksMax?: number;
}

/** Arguments of `NspawnMachine`. */
export interface NspawnMachineArgs {
  /** The host that it runs on. It needs systemd. */
  on: Host;
  /**
   * What it is made from. Containers with the same image on one host share it. A change makes the new image while the old
   * one runs; then the container starts from a clone of it, and all that is on the container is made anew.
   */
  image: BootstrapImage | ArchiveImage | ClonedImage;
  /** Name in `machinectl`. A change replaces the container. Default: the component's name. */
  containerName?: string;
  /** Host name inside. Default: `containerName`. */
  hostName?: string;
  /** How it is connected. Default: it shares the host's network, and its ports are the host's. */
  network?: ContainerNetwork;
  /** Fixed address with its prefix length, such as `10.77.0.95/24`, with `network`. Default: by DHCP. */
  address?: string;
  /** Its router, with `address`. */
  gateway?: string;
  /** Ports of the host that lead inside, with a `network` other than a macvlan. nftables is installed for them. */
  ports?: ContainerPort[];
  /** Folders and files of the host by their path inside. They outlive the container and its image. */
  binds?: Record<string, string | ContainerBind>;
  /**
   * Users of its own, so that its root is nobody on the host. Default: true with a `network` of its own. Without, no port
   * below 1024 could be opened.
   */
  privateUsers?: boolean;
  /** Start from a fresh copy each time. It is another machine after each start, so nothing put on it stays. Default false. */
  ephemeral?: boolean;
  /** Environment of its init, by name. Not for secrets: anybody on the host can read it. */
  environment?: Record<string, string>;
  /** Limits of its unit. Default none. */
  limits?: ContainerLimits;
  /** Start it with the host. Default true. */
  startAtBoot?: boolean;
  /** Seconds to wait for its own services to be up. Default 300. */
  bootTimeoutSeconds?: number;
  /** Further lines of its settings file by section and name, in the words of systemd.nspawn(5). */
  settings?: Record<string, Record<string, string | string[]>>;
}
