import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import * as path from "node:path";
import { TestLab, until } from "./test-lab";

/** What a machine needs that it does not have: packages, through the lab's cache. */
const install = (...packages: string[]): string =>
  "export DEBIAN_FRONTEND=noninteractive; { apt-get update && apt-get install --yes " +
  `--no-install-recommends ${packages.join(" ")}; } >/tmp/apt.log 2>&1 || { tail /tmp/apt.log; exit 9; }`;

describe("sandbox: what a machine can do inside", function () {
  this.timeout(600_000);
  const lab = new TestLab("inside");
  /** Runs a script on the machine as root. Its failures are told from those of getting in, which are tried again. */
  const on = (script: string, seconds?: number): Promise<string> =>
    lab.on("inner", `trap '[ $? = 0 ] || exit 9' EXIT\n${script}`, seconds);

  before(async () => {
    await lab.cli("down");
    await lab.must("up");
    await lab.clone(160, "inner", {
      ciuser: "root",
      memory: 2048,
      ipconfig0: "ip=10.77.0.160/24,gw=10.77.0.1",
    });
    await on("cloud-init status --wait >/dev/null", 60);
  });
  after(async () => {
    await lab.must("down");
  });

  it("is a machine without failed units, with FUSE and a file system of its own for containers", async () => {
    assert.equal(await on("systemctl is-system-running --wait || systemctl --failed"), "running");
    assert.equal(await on("stat -c %F:%t:%T /dev/fuse"), "character special file:a:e5");
    assert.notEqual(await on("stat -f -c %T /var/lib/machines"), "overlayfs");
    assert.equal(await on("stat -c %a:%u /var/lib/machines"), "700:0");
    assert.equal(await on("stat -f -c %T /sys/fs/cgroup"), "cgroup2fs");
    await on("sysctl -qw net.ipv4.ip_forward=1");
    assert.equal(await on("cat /proc/sys/net/ipv4/ip_forward"), "1");
  });

  it("boots a container with user ids of its own and a network, by machinectl", async () => {
    await on(install("systemd-container"), 300);
    await on(
      `set -e
      # The machine's own system without what makes it this machine is an image as good as any.
      tar -C / --one-file-system --exclude=./var/lib/machines --exclude=./var/cache --exclude=./var/lib/apt \\
        --exclude=./var/lib/cloud --exclude=./var/log --exclude=./tmp -cf - . |
        machinectl -q import-tar - box >/dev/null 2>&1
      root=/var/lib/machines/box
      touch $root/etc/cloud/cloud-init.disabled
      rm -rf $root/etc/hostname $root/etc/systemd/network/*
      : >$root/etc/machine-id
      mkdir -p /etc/systemd/nspawn /srv/box
      echo from-parent >/srv/box/file
      cat >/etc/systemd/nspawn/box.nspawn <<'FILE'
[Exec]
Boot=yes
PrivateUsers=1048576:65536
Hostname=box
[Network]
VirtualEthernet=yes
[Files]
PrivateUsersOwnership=map
Bind=/var/lib/machines/.box:/srv:idmap
FILE
      mkdir -p /var/lib/machines/.box
      echo kept >/var/lib/machines/.box/file
      machinectl start box`,
      120,
    );
    const inside = (script: string): Promise<string> =>
      on(
        `leader=$(machinectl show box -p Leader --value) && nsenter --target "$leader" --all --no-fork sh -c '${script}'`,
      );
    await until(
      "the container has booted",
      async () => /running|degraded/.test(await inside("systemctl is-system-running || :")),
      60,
    );
    assert.equal(await inside("hostname; cat /srv/file; stat -c %u /srv/file"), "box\nkept\n0");
    assert.match(await inside("cat /proc/self/uid_map"), /0 +1048576 +65536/);
    assert.match(await inside("ip -brief link show host0"), /^host0/);
    assert.match(await on("ip -brief link show ve-box"), /^ve-box/);
    assert.match(await on("machinectl list --no-legend"), /^box +container +systemd-nspawn/);
  });

  it("has containers start with it again after a stop", async () => {
    await on("machinectl -q enable box; sync");
    await lab.api("POST", "/nodes/pve1/qemu/160/status/shutdown", { timeout: 60 });
    await lab.api("POST", "/nodes/pve1/qemu/160/status/start");
    await until(
      "the container runs again",
      async () => (await on("machinectl show box -p State --value || :")) === "running",
      60,
    );
    await on(
      "machinectl poweroff box; while systemctl is-active -q systemd-nspawn@box; do sleep 0.1; done",
    );
    await on("machinectl remove box");
  });

  it("serves NFS from user space, with changed exports taken up by a reload", async () => {
    await on(
      `${install("nfs-ganesha", "nfs-ganesha-vfs", "libnfs-utils")}
      set -e
      # The kernel's parts, which are not there.
      systemctl -q mask --now run-rpc_pipefs.mount rpc-statd.service nfs-ganesha-lock.service
      mkdir -p /etc/ganesha/exports.d /srv/files
      echo from-server >/srv/files/one
      cat >/etc/ganesha/ganesha.conf <<'FILE'
NFS_CORE_PARAM { Protocols = 3, 4; mount_path_pseudo = true; }
NFSV4 { Graceless = true; Only_Numeric_Owners = true; }
EXPORT_DEFAULTS { Access_Type = NONE; Squash = no_root_squash; SecType = sys; Transports = TCP; }
%dir /etc/ganesha/exports.d
FILE
      cat >/etc/ganesha/exports.d/files.conf <<'FILE'
EXPORT {
  Export_Id = 1; Path = /srv/files; Pseudo = /srv/files; FSAL { Name = VFS; }
  CLIENT { Clients = 10.77.0.160; Access_Type = RW; }
}
FILE
      systemctl restart nfs-ganesha`,
      300,
    );
    const url = "nfs://10.77.0.160/srv/files";
    await until("the export is served", async () =>
      (await on(`nfs-ls '${url}?version=4' 2>&1 || :`)).includes("one"),
    );
    assert.equal(await on(`nfs-cat '${url}/one?version=4'`), "from-server");
    await on(`echo from-client >/tmp/two && nfs-cp /tmp/two '${url}/two?version=3' >/dev/null`);
    assert.equal(await on("cat /srv/files/two"), "from-client");
    const pid = await on("systemctl show -P MainPID nfs-ganesha");
    await on(
      "sed -i 's/= RW/= RO/' /etc/ganesha/exports.d/files.conf; systemctl reload nfs-ganesha",
    );
    await until(
      "writing is refused",
      async () =>
        (await on(
          `nfs-cp /tmp/two '${url}/three?version=3' >/dev/null 2>&1 && echo ok || echo refused`,
        )) === "refused",
    );
    assert.equal(await on("ls /srv/files"), "one\ntwo");
    assert.equal(await on("systemctl show -P MainPID nfs-ganesha"), pid);
  });

  it("takes what its containers kept along when it is deleted", async () => {
    const kept = path.join(
      lab.sandbox.volumesDir,
      "local/160/vm-160-disk-0.qcow2/machines/.box/file",
    );
    assert.ok(existsSync(kept), kept);
    await lab.api("POST", "/nodes/pve1/qemu/160/status/stop");
    await lab.api("DELETE", "/nodes/pve1/qemu/160?destroy-unreferenced-disks=1&purge=1");
    assert.equal(existsSync(path.join(lab.sandbox.volumesDir, "local/160")), false);
  });
});
