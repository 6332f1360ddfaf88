import { defineKind, flag, integer, list, text } from "../../../schema";

/** A mount that is there at boot. */
export const mountSchema = defineKind("labwright:host:Mount", {
  doc:
    "A file system mounted on a host, now and at each boot: a `.mount` unit of systemd, with `automount` an `.automount` " +
    "unit beside it, or a marked line of /etc/fstab where there is no systemd. A boot never waits for it to succeed " +
    "(`nofail`). Deleting it unmounts, and removes the mount point if it was made here; what is mounted is left as it is.",
  inputs: {
    where: text({
      doc: "Mount point, an absolute path. Made when it is not there. Must be empty.",
      replaces: true,
    }),
    what: text({
      doc: "What to mount: `10.77.0.20:/srv/media`, `/dev/disk/by-id/...`, `UUID=...`, `LABEL=...`. See mount(8).",
    }),
    type: text({ doc: "Type of the file system: `nfs`, `ext4`, ...; see filesystems(5)." }),
    options: list(text(), {
      doc:
        "Options of mount(8) and of the file system's own page, such as `ro` or `nfsvers=4.2`. `nofail` and `_netdev` come " +
        "by themselves. Default none.",
      default: [],
    }),
    network: flag({
      doc: "It comes over the network, and waits for that at boot. Default false.",
      default: false,
    }),
    automount: flag({
      doc:
        "Mount it at the first access instead of at boot, so that the server need not be there before. Without systemd " +
        "it is mounted at boot nevertheless. Default false.",
      default: false,
    }),
    idleTimeoutSeconds: integer({
      doc:
        "With `automount`: seconds without use after which it is unmounted again; 0 is never. Without systemd it means " +
        "nothing. Default 0.",
      default: 0,
      minimum: 0,
      maximum: 86400,
    }),
    timeoutSeconds: integer({
      doc: "Seconds after which an attempt to mount is given up. Default 30.",
      default: 30,
      minimum: 1,
      maximum: 3600,
    }),
    mounted: flag({
      doc:
        "Mount it now and at boot. With `automount`: be ready to mount it. False keeps the unit or line, unmounted. " +
        "Default true.",
      default: true,
    }),
  },
  outputs: {
    extra: text({
      doc: "What units or line hold besides, such as a drop-in that somebody added. Empty when all is well.",
    }),
  },
});
