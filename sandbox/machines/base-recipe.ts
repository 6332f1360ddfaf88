/** What a base image is made from. Two equal recipes make the same image; the key of the cache is their content. */
export interface BaseRecipe {
  /** Debian's name of the release: bookworm, trixie. */
  release: string;
  /** sources.list for building the image. */
  buildSources: string;
  /** sources.list inside the image, for use through the lab's package cache. */
  sources: string;
  /** The package cache as machines see it, as a URL. */
  proxy: string;
}

/** Packages besides Debian's required ones. Services are left to those who set machines up. */
export const basePackages = [
  "ca-certificates",
  "cloud-init",
  "curl",
  "dbus",
  "iproute2",
  "iputils-ping",
  "openssh-server",
  "openssl",
  "python3",
  "sudo",
  "systemd",
  "systemd-resolved",
  "systemd-sysv",
  "udev",
];

/** Units that wait for hardware, a console or the night: nothing a machine of the lab has. */
const maskedUnits = [
  "apt-daily-upgrade.timer",
  "apt-daily.timer",
  "cloud-init-hotplugd.socket",
  "console-getty.service",
  "dev-hugepages.mount",
  "dpkg-db-backup.timer",
  "e2scrub_all.timer",
  "e2scrub_reap.service",
  "fstrim.timer",
  "getty.target",
  "sys-fs-fuse-connections.mount",
  "sys-kernel-debug.mount",
  "sys-kernel-tracing.mount",
  "systemd-binfmt.service",
  "systemd-firstboot.service",
  "systemd-modules-load.service",
  "systemd-network-generator.service",
  "systemd-pstore.service",
  "systemd-random-seed.service",
  "systemd-update-utmp-runlevel.service",
  "systemd-update-utmp.service",
];

/** Modules of cloud-init that have something to do on a Debian machine with the NoCloud data source. */
const cloudConfig = `# What the lab's machines need of cloud-init.
datasource_list: [NoCloud, None]
datasource:
  NoCloud:
    fs_label: null
system_info:
  network:
    renderers: [networkd]
# RSA keys take a second to make.
ssh_genkeytypes: [ed25519, ecdsa]
cloud_init_modules:
  - seed_random
  - bootcmd
  - write-files
  - disk_setup
  - mounts
  - set_hostname
  - update_hostname
  - update_etc_hosts
  - ca-certs
  - users-groups
  - ssh
cloud_config_modules:
  - ssh-import-id
  - set-passwords
  - apt-configure
  - ntp
  - timezone
  - runcmd
cloud_final_modules:
  - package-update-upgrade-install
  - write-files-deferred
  - scripts-vendor
  - scripts-per-once
  - scripts-per-boot
  - scripts-per-instance
  - scripts-user
  - phone-home
  - final-message
  - power-state-change
`;

/** Files of the image, by path, that no package brings. */
export function baseFiles(recipe: BaseRecipe): Record<string, string> {
  return {
    ...networkDropIns(),
    "etc/apt/sources.list": recipe.sources,
    "etc/apt/apt.conf.d/90lab": [
      `Acquire::http::Proxy "${recipe.proxy}";`,
      'Acquire::Languages "none";',
      "",
    ].join("\n"),
    "etc/cloud/cloud.cfg.d/90_lab.cfg": cloudConfig,
    "etc/hostname": "localhost\n",
    "etc/hosts": "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n",
    // Empty, so that each machine gets its own at its first start.
    "etc/machine-id": "",
    // The machines' disks are synced by the host; what counts here is how quickly packages install.
    "etc/dpkg/dpkg.cfg.d/90lab": "force-unsafe-io\n",
    "etc/systemd/system/systemd-networkd-wait-online.service.d/lab.conf":
      "[Service]\nExecStart=\nExecStart=/lib/systemd/systemd-networkd-wait-online --any --timeout=10\n",
  };
}

/** Without these systemd-networkd calls an interface configured only once no router answered, after 12 s. */
function networkDropIns(): Record<string, string> {
  const names = ["eth0", "eth1", "eth2", "eth3"];
  return Object.fromEntries(
    names.map((name) => [
      `etc/systemd/network/10-cloud-init-${name}.network.d/lab.conf`,
      "[Network]\nIPv6AcceptRA=no\n",
    ]),
  );
}

/** Shell that finishes the image: `$1` is its root folder, `$2` a folder with the files of {@link baseFiles}. */
export const baseFinish = [
  "set -eu",
  // mmdebstrap leaves the sources that it used.
  'rm -f "$1"/etc/apt/sources.list.d/*',
  'cp -R "$2/." "$1/"',
  'rm -f "$1"/etc/ssh/ssh_host_*_key* "$1/var/lib/dbus/machine-id"',
  'ln -sf ../run/systemd/resolve/stub-resolv.conf "$1/etc/resolv.conf"',
  'chroot "$1" systemctl --quiet enable systemd-networkd.service systemd-resolved.service ssh.service',
  `chroot "$1" systemctl --quiet mask ${maskedUnits.join(" ")}`,
  'rm -rf "$1"/usr/share/doc/* "$1"/usr/share/man/* "$1"/var/log/*.log "$1/var/log/apt"',
].join("\n");
