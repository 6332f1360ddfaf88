import type { MachineInterface } from "./supervisor";

/** Processors and memory of the frozen machine; one that is asked for more boots from the start. */
export const frozenShape = { cores: 2, memoryMiB: 1024, nics: 1 } as const;

/** Name of the configuration entry by which QEMU hands the guest its cloud-init seed, a tar archive. */
export const seedEntry = "opt/org.labwright/seed";

/** A guest as QEMU is told of it. Names of files without a folder are in the folder of the run. */
export interface EmulatorStart {
  /** Folder of the base: `kernel`, `initrd` and `state`. */
  base: string;
  /** The disk it boots from, in qcow2. */
  disk: string;
  memoryMiB: number;
  cores: number;
  nics: { hostName: string; mac: string }[];
  /** Tar archive of the cloud-init seed, read when QEMU starts. */
  seed?: string;
  /** Goes on from the base's frozen state instead of booting. */
  resume: boolean;
}

/**
 * Arguments of qemu-system-x86_64. A frozen state can only be resumed by the machine that it was frozen from, so
 * they are part of the key that a base is kept under.
 *
 * q35 with `thread=multi` runs the processors in parallel; `tb-size` bounds the memory for translated code. The
 * kernel's options leave out what takes time under emulation or guards against hardware that is not there.
 */
export function emulatorArguments(start: EmulatorStart): string[] {
  const nics = start.nics.flatMap(({ hostName, mac }, n) => [
    ...["-netdev", `tap,id=net${n},ifname=${hostName},script=no,downscript=no`],
    ...["-device", `virtio-net-pci,netdev=net${n},mac=${mac},romfile=`],
  ]);
  const socket = (id: string): string => `socket,id=${id},path=${id},server=on,wait=off`;
  return [
    ...["-nodefaults", "-no-user-config", "-display", "none"],
    ...["-machine", "q35,hpet=off,smm=off", "-accel", "tcg,thread=multi,tb-size=256"],
    ...["-cpu", "qemu64,-svm", "-smp", String(start.cores), "-m", String(start.memoryMiB)],
    ...["-kernel", `${start.base}/kernel`, "-initrd", `${start.base}/initrd`],
    "-append",
    "console=ttyS0 quiet net.ifnames=0 mitigations=off cryptomgr.notests audit=0 tsc=reliable panic=1",
    ...["-drive", `file=${quote(start.disk)},if=none,id=disk,cache=unsafe,format=qcow2`],
    ...["-device", "virtio-blk-pci,drive=disk"],
    ...["-device", "virtio-scsi-pci,id=scsi"],
    ...nics,
    ...["-device", "virtio-rng-pci"],
    ...["-serial", "file:guest.log"],
    ...["-chardev", socket("monitor"), "-mon", "chardev=monitor,mode=control"],
    ...["-chardev", socket("agent"), "-device", "virtio-serial-pci"],
    ...["-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0"],
    ...(start.seed === undefined ? [] : ["-fw_cfg", `name=${seedEntry},file=${quote(start.seed)}`]),
    ...(start.resume ? ["-incoming", `exec:cat ${shellQuote(`${start.base}/state`)}`] : []),
  ];
}

/** In QEMU's lists of options a comma separates; two are one. */
function quote(text: string): string {
  return text.replaceAll(",", ",,");
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * The script of an emulator's supervisor; its arguments are made by {@link emulatorCommand}. It keeps the interfaces
 * on the lab's bridge for as long as the emulator runs.
 */
export const emulatorScript = `
set -eu
cd "$1"
shift
echo $$ >supervisor.pid
taps=
finish() {
  for tap in $taps; do ip link delete "$tap" 2>/dev/null || :; done
  echo "$1" >exit.new
  mv exit.new exit
}
trap 'finish 125' EXIT

while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs"; shift; done
shift
while [ "$1" != -- ]; do
  # Left over when the same machine was killed a moment ago.
  ip link delete "$1" 2>/dev/null || :
  ip tuntap add "$1" mode tap
  taps="$taps $1"
  [ "$2" = - ] || ip link set "$1" master "$2"
  ip link set "$1" "$3"
  shift 3
done
shift

rm -f monitor agent
qemu-system-x86_64 "$@" &
echo $! >main.pid
code=0
wait $! || code=$?
trap - EXIT
finish $code
`;

/** The command that starts an emulator in the lab's network and stays as its supervisor; argv[0] first. */
export function emulatorCommand(
  run: { runDir: string; netns: string; interfaces: MachineInterface[] },
  start: EmulatorStart,
  script: string,
  cgroups: string[],
): string[] {
  const taps = run.interfaces.flatMap((nic) => [
    nic.hostName,
    nic.bridge,
    nic.linkDown ? "down" : "up",
  ]);
  return [
    ...["nsenter", `--net=/run/netns/${run.netns}`, "sh", script, run.runDir],
    ...[...cgroups, "--"],
    ...[...taps, "--"],
    ...emulatorArguments(start),
  ];
}
