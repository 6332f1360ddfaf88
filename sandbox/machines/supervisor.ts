import type { CgroupLimits } from "./cgroups";

/** What a machine is started with. Nothing in it is secret: it becomes the supervisor's arguments. */
export interface MachineStart {
  /** Folder of the run: process ids, console, exit code, mount points. Made by the caller. */
  runDir: string;
  /** Root folder of the base image: never written to. */
  base: string;
  /** Folder of the boot volume, with `upper`, `work` and `machines` in it; the last is made when it is missing. */
  volume: string;
  /** Name of the machine to systemd, unique on the host. */
  machine: string;
  /** The lab's network namespace. */
  netns: string;
  /** `own`: a namespace of its own with the given interfaces; `lab`: the lab's. */
  network: "own" | "lab";
  interfaces: MachineInterface[];
  /** Control group to run in, in every hierarchy; what is in it already is left over and killed. */
  cgroup: string;
  limits: CgroupLimits;
  /** Folders of the host put over folders of the machine. */
  mounts: { source: string; target: string }[];
  /** Device nodes of the host that the machine has as well. */
  devices: string[];
  /** More arguments of systemd-nspawn. */
  nspawnArgs: string[];
}

export interface MachineInterface {
  /** Name inside the machine: eth0. */
  name: string;
  /** Name of the other end, on the bridge. */
  hostName: string;
  mac: string;
  bridge: string;
  linkDown: boolean;
}

/** Exit code with which systemd-nspawn says that the machine asked to be started again. */
export const rebootExitCode = 133;

/** The supervisor's script; its arguments are made by {@link supervisorCommand}. */
export const supervisorScript = `
set -eu
run=$1 netns=$2 network=$3 base=$4 volume=$5
shift 5
cd "$run"
echo $$ >supervisor.pid
finish() { echo "$1" >exit.new; mv exit.new exit; }
trap 'finish 125' EXIT

while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs"; shift; done
shift

mount --make-rprivate /
if [ "$network" = own ]; then
  # With duplicate address detection every start would wait a second.
  echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad || :
  ip link set lo up
fi
while [ "$1" != -- ]; do
  # Left over when the same machine was killed a moment ago.
  ip -n "$netns" link delete "$2" 2>/dev/null || :
  ip -n "$netns" link add "$2" type veth peer name "$1" address "$3" netns $$
  ip -n "$netns" link set "$2" master "$4" "$5"
  shift 5
done
shift

# Bound first and named relative to here: overlayfs gives ':' and ',' in a path a meaning.
mkdir -p lower volume root
mount --bind "$base" lower
mount --bind "$volume" volume
# The handles of nfs_export are what an NFS server in the machine knows files by. With an index, the kernel wants
# the upper folder for itself, which a machine that was killed a moment ago may still hold, and refuses one
# that was begun on another base: such a machine serves no NFS.
layers=lowerdir=lower,upperdir=volume/upper,workdir=volume/work
tries=0
until said=$(mount -t overlay overlay -o "$layers,index=on,nfs_export=on" root 2>&1); do
  tries=$((tries + 1))
  case $said in
    *busy*) [ $tries -lt 100 ] || { echo "$said"; exit 1; }; sleep 0.05 ;;
    *)
      echo "$said; going on without file handles"
      mount -t overlay overlay -o "$layers,index=off" root
      break
      ;;
  esac
done
# Containers in the machine want a file system that can map ids and carry overlays; an overlay does neither.
mkdir -p -m 700 volume/machines
mkdir -p -m 700 root/var/lib/machines
mount --bind volume/machines root/var/lib/machines
while [ "$1" != -- ]; do mkdir -p "root$2"; mount --rbind "$1" "root$2"; shift 2; done
shift

# What systemd-nspawn keeps below /run and what it thinks of the control groups stays in here.
umount -l /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs /run

export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
# Machines may set what is their network's own, as containers in them and packet filters want.
[ "$network" = lab ] || export SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
systemd-nspawn -D "$run/root" --network-namespace-path=/proc/$$/ns/net "$@" &
echo $! >main.pid
code=0
wait $! || code=$?
trap - EXIT
finish $code
`;

/**
 * The command that starts a machine and stays as its supervisor until it ends; argv[0] first.
 * `script` is a file with {@link supervisorScript}.
 */
export function supervisorCommand(
  start: MachineStart,
  script: string,
  cgroups: string[],
): string[] {
  const interfaces = start.interfaces.flatMap((nic) => [
    nic.name,
    nic.hostName,
    nic.mac,
    nic.bridge,
    nic.linkDown ? "down" : "up",
  ]);
  const enter =
    start.network === "own"
      ? ["unshare", "--mount", "--net"]
      : ["nsenter", `--net=/run/netns/${start.netns}`, "unshare", "--mount"];
  return [
    ...enter,
    ...["sh", script],
    ...[start.runDir, start.netns, start.network, start.base, start.volume],
    ...[...cgroups, "--"],
    ...[...interfaces, "--"],
    ...[...start.mounts.flatMap(({ source, target }) => [source, target]), "--"],
    `--machine=${start.machine}`,
    "--boot",
    "--register=no",
    "--keep-unit",
    "--capability=all",
    // Refused by systemd-nspawn's filter whatever the capabilities; user-space NFS servers open files by it.
    "--system-call-filter=open_by_handle_at",
    "--resolv-conf=off",
    "--timezone=off",
    "--link-journal=no",
    "--console=read-only",
    ...start.devices.map((device) => `--bind=${device}`),
    ...start.nspawnArgs,
  ];
}
