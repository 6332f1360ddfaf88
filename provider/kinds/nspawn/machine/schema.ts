import {
  defineKind,
  flag,
  integer,
  list,
  map,
  object,
  objectType,
  oneOf,
  text,
} from "../../../schema";

/** A folder or file of the host inside a container. */
export const bindMount = objectType("labwright:nspawn:BindMount", {
  doc: "A folder or file of the host that shows inside the container. A source that is missing is made, as a folder.",
  fields: {
    source: text({ doc: "Absolute path on the host." }),
    path: text({ doc: "Absolute path inside the container." }),
    readOnly: flag({ doc: "`BindReadOnly=` instead of `Bind=`. Default false.", default: false }),
    idmap: flag({
      doc:
        "Map owners between host and container when the container has users of its own, so that its root owns what the " +
        "host's root owns. The file system must know idmapped mounts (ext4, xfs, btrfs). Default false.",
      default: false,
    }),
  },
});

/** A port of the host that leads into a container. */
export const portForward = objectType("labwright:nspawn:PortForward", {
  doc: "A port of the host that leads to one of the container (`Port=`); needs a network of its own and nftables.",
  fields: {
    protocol: oneOf(["tcp", "udp"], { doc: "Default `tcp`.", default: "tcp" }),
    host: integer({ doc: "Port of the host.", minimum: 1, maximum: 65535 }),
    container: integer({ doc: "Port of the container.", minimum: 1, maximum: 65535 }),
  },
});

/** Section [Exec]. */
export const execSection = objectType("labwright:nspawn:NspawnExec", {
  doc: "Section [Exec] of systemd.nspawn(5). What is left out is systemd's default.",
  fields: {
    ephemeral: flag({
      doc: "Start from a fresh copy each time and forget all changes (`Ephemeral=`). It is another machine after each start.",
      optional: true,
    }),
    hostname: text({
      doc: "Host name (`Hostname=`). systemd's default: the container's name.",
      optional: true,
    }),
    privateUsers: text({
      doc:
        "Users of its own (`PrivateUsers=`): `no`, `pick` (a free range of 65536 ids), `identity`, or `FIRST:COUNT`. " +
        "The default of the unit is `pick`.",
      optional: true,
    }),
    environment: map(text(), {
      doc: "Environment of the container's init, by name (`Environment=`). Not for secrets: anybody on the host can read it.",
      optional: true,
    }),
  },
});

/** Section [Network]. */
export const networkSection = objectType("labwright:nspawn:NspawnNetwork", {
  doc:
    "Section [Network] of systemd.nspawn(5). What is left out is systemd's default, which for this unit is a virtual " +
    "Ethernet link between host and container.",
  fields: {
    private: flag({
      doc: "A network of its own (`Private=`); false shares the host's.",
      optional: true,
    }),
    virtualEthernet: flag({
      doc: "A virtual Ethernet link, `host0` inside and `ve-NAME` on the host (`VirtualEthernet=`).",
      optional: true,
    }),
    bridge: text({
      doc: "Bridge of the host that the link is put on (`Bridge=`). It must be there.",
      optional: true,
    }),
    zone: text({
      doc: "Network zone, a bridge `vz-ZONE` that containers of one zone share (`Zone=`); systemd-networkd on the host serves it.",
      optional: true,
    }),
    macvlan: list(text(), {
      doc: "Interfaces of the host on which the container gets one of its own, `mv-NAME` (`MACVLAN=`).",
      optional: true,
    }),
    ports: list(object(portForward), {
      doc: "Ports of the host that lead inside (`Port=`).",
      optional: true,
    }),
    address: text({
      doc:
        "Fixed address of the container's interface with its prefix length, such as `10.77.0.95/24`; for an image in which " +
        "systemd-networkd is enabled. Without one it asks by DHCP.",
      optional: true,
    }),
    gateway: text({ doc: "Router of the container, with `address`.", optional: true }),
  },
});

/** Section [Files]. */
export const filesSection = objectType("labwright:nspawn:NspawnFiles", {
  doc: "Section [Files] of systemd.nspawn(5). What is left out is systemd's default.",
  fields: {
    binds: list(object(bindMount), {
      doc: "Folders and files of the host (`Bind=`, `BindReadOnly=`). They outlive the container and its image.",
      optional: true,
    }),
  },
});

/** Limits of the container's unit. */
export const limits = objectType("labwright:nspawn:NspawnLimits", {
  doc: "Limits of the container and all in it (systemd.resource-control(5)). They change without a restart.",
  fields: {
    memoryMaxMiB: integer({
      doc: "Memory in MiB past which processes are killed (`MemoryMax=`).",
      minimum: 16,
      optional: true,
    }),
    memoryHighMiB: integer({
      doc: "Memory in MiB past which processes are slowed down (`MemoryHigh=`).",
      minimum: 16,
      optional: true,
    }),
    cpuQuotaPercent: integer({
      doc: "CPU time in percent of one CPU (`CPUQuota=`): 150 is one and a half.",
      minimum: 1,
      optional: true,
    }),
    cpuWeight: integer({
      doc: "Share of the CPU when it is short, 1-10000 (`CPUWeight=`). The kernel's default is 100.",
      minimum: 1,
      maximum: 10000,
      optional: true,
    }),
    ioWeight: integer({
      doc: "Share of the disks when they are short, 1-10000 (`IOWeight=`).",
      minimum: 1,
      maximum: 10000,
      optional: true,
    }),
    tasksMax: integer({
      doc: "Processes and threads at most (`TasksMax=`).",
      minimum: 8,
      optional: true,
    }),
  },
});

/** A container of systemd-nspawn. */
export const machineSchema = defineKind("labwright:nspawn:Machine", {
  doc:
    "A container of systemd-nspawn (`machinectl`): a clone of an image in /var/lib/machines, its settings file " +
    "/etc/systemd/nspawn/NAME.nspawn, limits of its unit, whether it runs and starts at boot. New settings restart it; " +
    "new limits do not. Deleting it deletes its tree and never what is bound into it.",
  inputs: {
    name: text({
      doc: "Name of the container, and of its folder in /var/lib/machines.",
      replaces: true,
    }),
    image: text({
      doc:
        "Name of the image or container in /var/lib/machines that it is a clone of. It gets an id of its own. A change makes " +
        "a new clone, which takes the old one's place with a restart: it is another machine then, and what was in the tree " +
        "is gone.",
    }),
    exec: object(execSection, { doc: "Section [Exec] of its settings file.", default: {} }),
    network: object(networkSection, {
      doc: "Section [Network] of its settings file.",
      default: {},
    }),
    files: object(filesSection, { doc: "Section [Files] of its settings file.", default: {} }),
    settings: map(map(list(text())), {
      doc:
        "Further lines of the settings file, by section and name, in the words of systemd.nspawn(5): " +
        '`{ Exec: { Capability: ["CAP_SYS_TIME"] } }`. What has a field of its own is set there.',
      default: {},
    }),
    limits: object(limits, { doc: "Limits of its unit.", default: {} }),
    startAtBoot: flag({ doc: "Start it with the host. Default true.", default: true }),
    running: flag({ doc: "Whether it runs. Default true.", default: true }),
  },
  outputs: {
    unit: text({ doc: "Its unit, `systemd-nspawn@NAME.service`.", stable: true }),
  },
});
