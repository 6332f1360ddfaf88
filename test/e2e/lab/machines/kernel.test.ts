import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { kernelMachines, sandboxFromEnvironment } from "../../../../sandbox";
import { deleteMachine, proxmox, ssh } from "../../support/machine";
import { changes, Project } from "../../support/project";

const machine = { address: "10.77.0.162" };
const program = (changed: object = {}) => `import { proxmoxFromConfig, Vm } from "labwright";
const on = proxmoxFromConfig();
const vm = new Vm("kernel", {
  on,
  address: "10.77.0.162/24",
  vmId: 162,
  bootTimeoutSeconds: 600,
  dataDisks: { scsi1: { sizeGiB: 1 } },
  protect: false,
  ...${JSON.stringify(changed)},
});
export const machineId = vm.host.machine.machineId;
`;

describe("A machine with a kernel of its own", () => {
  const project = new Project("kernel", program());
  let machineId: string;
  const boot = (): Promise<string> =>
    ssh(machine, "systemctl show -P KernelTimestamp; cat /proc/sys/kernel/random/boot_id").catch(
      () => "",
    );
  const rebooted = async (before: string): Promise<void> => {
    for (const deadline = Date.now() + 300_000; Date.now() < deadline; await sleep(1000)) {
      const now = await boot();
      if (now !== "" && now !== before) return;
    }
    throw new Error("it did not boot again");
  };

  before(async function () {
    const found = kernelMachines(sandboxFromEnvironment(process.cwd()));
    if ("unavailable" in found) {
      console.log(`      skipped: ${found.unavailable}`);
      this.skip();
    }
    await deleteMachine(162);
    appendFileSync(
      path.join(project.folder, "Pulumi.test.yaml"),
      `config:
  proxmox:node: pve1
  proxmox:datastore: local
  proxmox:template: "9001"
  proxmox:gateway: 10.77.0.1
  proxmox:nameServers: ["10.77.0.53"]
`,
    );
    await project.init();
  });
  after(async () => {
    await project.destroy();
    await project.remove();
    await deleteMachine(162);
  });

  it("is made and joined by a Vm as any other, with its host key, name, address and name server", async () => {
    const run = await project.apply();
    assert.deepEqual(changes(run).create?.includes("kernel-machine"), true, run.output);
    machineId = String((await project.outputs())["machineId"]);
    assert.match(machineId, /^[0-9a-f]{32}$/);
    assert.equal((await ssh(machine, "cat /etc/machine-id")).trim(), machineId);
    assert.equal((await ssh(machine, "hostname")).trim(), "kernel");
    assert.match(await ssh(machine, "ip route"), /default via 10\.77\.0\.1 dev eth0/);
    assert.match(await ssh(machine, "resolvectl dns eth0"), /10\.77\.0\.53/);
    assert.match(await ssh(machine, "cloud-init status"), /status: done/);
    assert.equal(
      (await ssh(machine, "cat /sys/class/net/eth0/address")).trim(),
      "bc:24:11:4d:00:a2",
    );
  });

  it("has another kernel than the host, which serves NFS and lets modules be loaded", async () => {
    assert.notEqual(
      (await ssh(machine, "uname -r")).trim(),
      (await ssh({ address: "10.77.0.2" }, "uname -r")).trim(),
    );
    await ssh(machine, "modprobe wireguard; grep -q ^wireguard /proc/modules");
    await ssh(
      machine,
      `set -e
      modprobe nfsd
      mkdir -p /srv/files /etc/exports.d
      echo from-server >/srv/files/one
      echo '/srv/files 127.0.0.1(rw,no_root_squash,sync,no_subtree_check)' >/etc/exports.d/files.exports
      for try in $(seq 60); do systemctl is-active -q nfs-server && break; sleep 1; done
      exportfs -ra
      mount -t nfs -o vers=4.2 127.0.0.1:/srv/files /mnt
      echo from-client >/mnt/two
      umount /mnt`,
    );
    assert.match(await ssh(machine, "exportfs -v"), /\/srv\/files\s+127\.0\.0\.1\(/);
    assert.equal(
      await ssh(machine, "cat /srv/files/one /srv/files/two"),
      "from-server\nfrom-client\n",
    );
  });

  it("has the disks that the API gives it, with QEMU's names for them", async () => {
    const disk = "/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_drive-scsi1";
    assert.equal((await ssh(machine, `blockdev --getsize64 ${disk}`)).trim(), String(2 ** 30));
    await ssh(
      machine,
      `mkfs.ext4 -q ${disk} && mount ${disk} /mnt && echo kept >/mnt/file && umount /mnt`,
    );
  });

  it("changes nothing in a second run", async () => {
    assert.deepEqual(changes(await project.apply()), {});
  });

  it("is the same machine after a reboot, a shutdown and a power cut", async () => {
    const first = await boot();
    await ssh(machine, "sync; systemctl reboot").catch(() => "");
    await rebooted(first);
    assert.equal((await ssh(machine, "cat /etc/machine-id")).trim(), machineId);
    assert.match(await ssh(machine, "exportfs -v"), /\/srv\/files/);
    const second = await boot();
    await proxmox("POST", "/nodes/pve1/qemu/162/status/stop");
    for (;;) {
      const { status } = await proxmox<{ status: string }>(
        "GET",
        "/nodes/pve1/qemu/162/status/current",
      );
      if (status === "stopped") break;
      await sleep(200);
    }
    await proxmox("POST", "/nodes/pve1/qemu/162/status/start");
    await rebooted(second);
    assert.equal(
      (await ssh(machine, "cat /etc/machine-id; hostname")).trim(),
      `${machineId}\nkernel`,
    );
    const disk = "/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_drive-scsi1";
    assert.equal(
      (await ssh(machine, `mount ${disk} /mnt && cat /mnt/file && umount /mnt`)).trim(),
      "kept",
    );
    assert.deepEqual(changes(await project.apply()), {});
  });

  it("is deleted with its disks", async () => {
    const run = await project.destroy();
    assert.equal(run.code, 0, run.output);
    const guests = await proxmox<{ vmid: number }[]>("GET", "/nodes/pve1/qemu");
    assert.ok(!guests.some(({ vmid }) => vmid === 162));
  });
});
