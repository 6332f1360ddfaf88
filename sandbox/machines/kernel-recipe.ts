import { baseFiles, baseFinish, basePackages, type BaseRecipe } from "./base-recipe";
import { seedEntry } from "./emulator";
import { renderSeedScript, wakeProgram } from "./wake.render";

/** What a machine with a kernel of its own has besides: the kernel, QEMU's agent, and NFS with its kernel parts. */
export const kernelPackages = [
  ...basePackages,
  "busybox-static",
  "cpio",
  "e2fsprogs",
  "kmod",
  "linux-image-cloud-amd64",
  "nfs-common",
  "nfs-kernel-server",
  "qemu-guest-agent",
];

/** Size of the root file system in GiB. Most of it is holes: what a machine is told of its disk's size is only a number. */
export const kernelDiskGiB = 16;

/** Not before the machine knows who it is: frozen, they would have the same identity on all. */
const waitingUnits = [
  "nfs-idmapd.service",
  "nfs-mountd.service",
  "nfs-server.service",
  "nfsdcld.service",
  "rpc-statd-notify.service",
  "ssh.service",
  "systemd-networkd-wait-online.service",
  "systemd-networkd.service",
];

/** Modules of the initial file system, in the order in which they can be loaded. */
const bootModules = [
  "virtio_ring",
  "virtio",
  "virtio_pci_legacy_dev",
  "virtio_pci_modern_dev",
  "virtio_pci",
  "virtio_blk",
  "failover",
  "net_failover",
  "virtio_net",
  "virtio-rng",
];

/** Files of the image, by path, that no package brings. */
export function kernelFiles(recipe: BaseRecipe): Record<string, string> {
  const waits = "[Unit]\nConditionPathExists=!/etc/cloud/cloud-init.disabled\n";
  const dropIns = waitingUnits.map((unit) => [`etc/systemd/system/${unit}.d/waits.conf`, waits]);
  return {
    ...baseFiles(recipe),
    ...(Object.fromEntries(dropIns) as Record<string, string>),
    "etc/cloud/cloud-init.disabled": "until the machine is told who it is\n",
    "etc/fstab": "# The root file system is mounted by the initial one.\n",
    // Known already: without, the first start would take the time to ask for it.
    "etc/modules-load.d/labwright.conf": "virtio_console\nvirtio_scsi\nsd_mod\n",
    "usr/local/lib/labwright/wake": wakeProgram,
    "usr/local/lib/labwright/seed": renderSeedScript(seedEntry),
    "etc/systemd/system/labwright-wake.service": `[Unit]
Description=Learn who this machine is
ConditionPathExists=/etc/cloud/cloud-init.disabled
[Service]
ExecStart=/usr/bin/python3 /usr/local/lib/labwright/wake
StandardOutput=journal+console
StandardError=journal+console
KillMode=process
[Install]
WantedBy=multi-user.target
`,
    "etc/systemd/system/labwright-seed.service": `[Unit]
Description=Take the cloud-init seed that QEMU carries
DefaultDependencies=no
ConditionPathExists=!/etc/cloud/cloud-init.disabled
After=systemd-remount-fs.service
Before=cloud-init-local.service shutdown.target
Conflicts=shutdown.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/lib/labwright/seed
[Install]
WantedBy=multi-user.target cloud-init-local.service
`,
  };
}

/** Program 1 of the initial file system. The root file system's driver is in the kernel, the disk's is a module. */
const initialInit = `#!/busybox sh
for module in /*.ko; do /busybox insmod "$module"; done
/busybox mount -t devtmpfs dev /dev
/busybox mount -t ext4 /dev/vda /new
/busybox mount --move /dev /new/dev
exec /busybox switch_root /new /lib/systemd/systemd
`;

/**
 * Shell that finishes the image: `$1` is its root folder, `$2` a folder with the files of {@link kernelFiles}, `$3`
 * where kernel and initial file system go.
 */
export const kernelFinish = [
  baseFinish,
  'chmod 755 "$1"/usr/local/lib/labwright/*',
  'chroot "$1" systemctl --quiet enable labwright-wake.service labwright-seed.service nfs-server.service',
  // What the disk emulation has no need of, and what costs a boot under emulation seconds.
  'chroot "$1" systemctl --quiet mask modprobe@.service dev-mqueue.mount nfs-blkmap.service ' +
    "proc-sys-fs-binfmt_misc.automount sys-kernel-config.mount systemd-sysusers.service",
  'chroot "$1" systemctl --quiet unmask systemd-modules-load.service',
  'cp "$1"/boot/vmlinuz-* "$3/kernel"',
  'rm -rf "$1"/boot/* "$1"/usr/share/locale/*',
  'initial=$1/tmp/initial; mkdir -p "$initial/new" "$initial/dev"; cp "$1/bin/busybox" "$initial/"',
  "number=10",
  `for module in ${bootModules.join(" ")}; do ` +
    'cp "$(find "$1/lib/modules" -name "$module.ko")" "$initial/$number-$module.ko"; number=$((number + 1)); done',
  `cat >"$initial/init" <<'EOF'\n${initialInit}EOF`,
  'chmod 755 "$initial/init"',
  'chroot "$1" sh -c "cd /tmp/initial && find . | cpio --quiet -o -H newc" >"$3/initrd"',
  'rm -r "$initial"',
].join("\n");
