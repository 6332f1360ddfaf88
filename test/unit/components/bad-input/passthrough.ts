import { type PassthroughDisk, Vm, type VmArgs } from "../../../../components";
import { node } from "../lab-parts";
import { type Row, vm, wrong } from "./spoilt";

const DISK = "/dev/disk/by-id/ata-LABDISK_1G_0001";
const BY_ID =
  "use the disk's name below /dev/disk/by-id, such as /dev/disk/by-id/ata-WDC_WD40EFRX_WD-WCC7K1234567";

/** A machine on a node that may pass disks, with one in scsi1 that is as told. */
const passing = (disk: Partial<PassthroughDisk>, changes: Partial<VmArgs> = {}) =>
  vm({
    on: node({ rootSession: true }),
    passthroughDisks: { scsi1: { disk: DISK, ...disk } },
    ...changes,
  });
const slots = (...names: string[]) =>
  vm({
    on: node({ rootSession: true }),
    passthroughDisks: Object.fromEntries(names.map((name) => [name, { disk: DISK }])),
  });
const notADisk = (disk: unknown): [() => void, string] => [
  passing({ disk: wrong(disk) }),
  `Vm "web": passthroughDisks.scsi1.disk is ${JSON.stringify(disk)}: ${BY_ID}`,
];

export const passthrough: Row[] = [
  [
    "a physical disk by an API token",
    vm({ passthroughDisks: { scsi1: { disk: DISK } } }),
    'Vm "web": passthroughDisks is "scsi1": sign in as root@pam with a password: Proxmox refuses physical disks to any API token. ' +
      "Set proxmox:username to root@pam and the secret proxmox:password instead of proxmox:apiToken (or rootSession: true on a ProxmoxNode of your own)",
  ],
  ["a disk by the name that a boot gives it", ...notADisk("/dev/sdb")],
  ["a disk by its path", ...notADisk("/dev/disk/by-path/pci-0000:00:17.0-ata-1")],
  ["a disk by its name alone", ...notADisk("ata-LABDISK_1G_0001")],
  ["a disk with an option behind a comma", ...notADisk(`${DISK},backup=1`)],
  ["a disk outside of the folder", ...notADisk("/dev/disk/by-id/../../sda")],
  ["a disk with a line break", ...notADisk(`${DISK}\n`)],
  ["a disk with a blank", ...notADisk("/dev/disk/by-id/ata LABDISK")],
  ["an empty disk", ...notADisk("")],
  ["a disk as a number", ...notADisk(1)],
  [
    "a partition",
    passing({ disk: `${DISK}-part1` }),
    `Vm "web": passthroughDisks.scsi1.disk is "${DISK}-part1": use the whole disk, without -partN`,
  ],
  [
    "a physical disk in the boot disk's place",
    slots("scsi0"),
    'Vm "web": passthroughDisks is "scsi0": use scsi1 to scsi30: scsi0 is the boot disk',
  ],
  [
    "a physical disk on another controller",
    slots("sata1"),
    'Vm "web": passthroughDisks is "sata1": use scsi1 to scsi30: scsi0 is the boot disk',
  ],
  [
    "a physical disk in a data disk's place",
    passing({}, { dataDisks: { scsi1: { sizeGiB: 1 } } }),
    'Vm "web": passthroughDisks is "scsi1": dataDisks has it: use another',
  ],
  [
    "a disk in two places",
    slots("scsi1", "scsi2"),
    `Vm "web": passthroughDisks.scsi2.disk is "${DISK}": scsi1 has it: pass it once`,
  ],
  [
    "a disk on two machines",
    () => {
      const on = node({ rootSession: true });
      const passthroughDisks = { scsi1: { disk: DISK } };
      new Vm("one", { on, address: "10.77.0.81/24", passthroughDisks });
      new Vm("web", { on, address: "10.77.0.80/24", passthroughDisks });
    },
    `Vm "web": passthroughDisks.scsi1.disk is "${DISK}": machine "one" has it: pass it to one`,
  ],
  [
    "a serial number of 21 characters",
    passing({ serial: "x".repeat(21) }),
    `Vm "web": passthroughDisks.scsi1.serial is "${"x".repeat(21)}": use 1 to 20 letters, digits, -, _ and .`,
  ],
  [
    "a serial number with an option behind a comma",
    passing({ serial: "a,ssd=1" }),
    'Vm "web": passthroughDisks.scsi1.serial is "a,ssd=1": use 1 to 20 letters, digits, -, _ and .',
  ],
  [
    "an empty serial number",
    passing({ serial: "" }),
    'Vm "web": passthroughDisks.scsi1.serial is "": use 1 to 20 letters, digits, -, _ and .',
  ],
  [
    "a backup that is neither on nor off",
    passing({ backup: wrong("no") }),
    'Vm "web": passthroughDisks.scsi1.backup is "no": use true or false',
  ],
];
