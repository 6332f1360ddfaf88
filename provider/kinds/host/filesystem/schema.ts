import { defineKind, list, oneOf, text } from "../../../schema";

/** A file system on a device. */
export const filesystemSchema = defineKind("labwright:host:Filesystem", {
  doc:
    "A file system on a disk or partition of a host, made once. A device that holds anything (another file system, a " +
    "partition table, LVM, RAID, LUKS, or only bytes that are not zero where such things begin) is refused and never " +
    "touched; one that has a file system of this type already is used as it is. It is never deleted: deleting this " +
    "resource, and replacing it, leaves device and data alone.",
  inputs: {
    device: text({
      doc:
        "The device, best by a name that stays: `/dev/disk/by-id/...`. It has to be a block device that is not in use as " +
        "something else.",
      replaces: true,
    }),
    type: oneOf(["ext4", "xfs", "btrfs"], {
      doc: "Type of the file system. Its mkfs has to be installed: e2fsprogs, xfsprogs, btrfs-progs.",
      replaces: true,
    }),
    label: text({
      doc:
        "Label of the file system, for mounts by `LABEL=`: at most 16 bytes for ext4, 12 for xfs, 255 for btrfs. Changed in " +
        "place; of xfs and btrfs only while it is not mounted.",
    }),
    mkfsOptions: list(text(), {
      doc: "Further arguments of mkfs when it is made, such as `-m0`. A change later does nothing. Default none.",
      default: [],
    }),
  },
  outputs: {
    uuid: text({ doc: "The file system's UUID, for mounts by `UUID=`.", stable: true }),
  },
});
