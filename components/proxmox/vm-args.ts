import type { DnsZone } from "../dns/dns-zone";
import type { CloudImage } from "./cloud-image";
import type { ProxmoxNode } from "./proxmox-node";

/** A user that is made at a machine's first boot. */
export interface VmUser {
  /** Login name. */
  name: string;
  /** SSH public keys that may log in as them. */
  authorizedKeys: string[];
  /** Further groups, which must exist. Default none. */
  groups?: string[];
  /** May become root without a password. Default false. */
  sudo?: boolean;
}

/** A disk besides the one the machine boots from. */
export interface DataDisk {
  /** Size in GiB. It may grow, never shrink. */
  sizeGiB: number;
  /** Storage. Default: that of the node. */
  datastore?: string;
  /** Include it in backups of the machine. Default true. */
  backup?: boolean;
}

/** A physical disk of the Proxmox node that a machine gets as it is. */
export interface PassthroughDisk {
  /**
   * The whole disk, by its name below /dev/disk/by-id, which follows the disk wherever it is plugged in:
   * `/dev/disk/by-id/ata-WDC_WD40EFRX_WD-WCC7K1234567`. Another one in the same slot takes this one's place; neither is written
   * to by that.
   */
  disk: string;
  /** Serial number that the machine sees, at most 20 letters, digits, `-`, `_`, `.`. Default none. */
  serial?: string;
  /** Include it in backups of the machine. Default false: a backup would copy the whole disk. */
  backup?: boolean;
}

/** Arguments of `Vm`. */
export interface VmArgs {
  /** The Proxmox node to run on. Another one replaces the machine. */
  on: ProxmoxNode;
  /**
   * IPv4 address with the prefix length of its network: 10.77.0.53/24. A running machine takes up a new one at its next
   * boot.
   */
  address: string;
  /** Name of the machine: one label. Default: the name of this component. */
  hostName?: string;
  /**
   * Id in Proxmox, 100-999999999. Default: the start of the node's range plus the host's number in its network. Another
   * one replaces the machine.
   */
  vmId?: number;
  /** Id of the template to clone. Default: that of the node. Later changes do nothing to a machine that is there. */
  template?: number;
  /**
   * Cloud image to start from instead of a template: one to download, or the volume of one that the node has, such as
   * `local:import/debian-12.qcow2`. Later changes do nothing to a machine that is there.
   */
  image?: CloudImage | string;
  /** Memory in MiB. Default 1024. A running machine takes up a change at its next boot. */
  memoryMiB?: number;
  /** CPU cores. Default 1. A running machine takes up a change at its next boot. */
  cores?: number;
  /** Size of the boot disk in GiB, at least that of the template or image. It may grow, never shrink. Default 8. */
  diskGiB?: number;
  /** Further disks by their place, `scsi1` to `scsi30`. Default none. */
  dataDisks?: Record<string, DataDisk>;
  /**
   * Physical disks of the node by their place, `scsi1` to `scsi30`, apart from those of `dataDisks`. They are never
   * formatted, and deleting or replacing the machine leaves them as they are. Needs a node whose provider signs in as
   * root@pam with a password. Default none.
   */
  passthroughDisks?: Record<string, PassthroughDisk>;
  /** Bridge to be plugged into. Default: that of the node. */
  bridge?: string;
  /** VLAN tag, 1-4094. Default none. */
  vlan?: number;
  /** MAC address. Default: BC:24:11 and the last three octets of the address. */
  macAddress?: string;
  /** IPv4 address of the router. Default: that of the node. */
  gateway?: string;
  /** Addresses of the name servers to ask. Default: those of the node. */
  nameServers?: string[];
  /** When it starts relative to others: one of the node's boot tiers. Default `services`. */
  bootTier?: string;
  /** Start it when the node boots. Default true. */
  startOnBoot?: boolean;
  /** Tags in Proxmox. Default none. */
  tags?: string[];
  /** User that Labwright logs in as; made at the first boot if it is not root. Default `root`. */
  sshUser?: string;
  /** SSH public keys that may log in as that user. Default: those of the node. */
  authorizedKeys?: string[];
  /** Further users, made at the first boot. Default none. */
  users?: VmUser[];
  /** Packages that cloud-init installs at the first boot. Default none: components install what they need. */
  packages?: string[];
  /**
   * Run the guest agent: its package is installed at the first boot, and Proxmox uses it for consistent backups. It is
   * never waited for. Default false.
   */
  agent?: boolean;
  /**
   * Make the machine anew when what cloud-init is given changes (users, keys, packages, host name). Default false: the
   * change is for the next machine made.
   */
  recreateOnCloudInitChange?: boolean;
  /**
   * Let the provider reboot the machine when a change needs it. Default false: such a change waits for the next boot, or
   * fails and says so.
   */
  rebootAfterUpdate?: boolean;
  /** Refuse to delete the machine. Default: true when it has data disks or physical ones. */
  protect?: boolean;
  /** Seconds to wait for the first login. Default 300. */
  bootTimeoutSeconds?: number;
  /** Zone that gets its address record, and its PTR record when it has the reverse zone. Default none. */
  zone?: DnsZone;
}
