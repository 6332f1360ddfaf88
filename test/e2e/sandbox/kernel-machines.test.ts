import { strict as assert } from "node:assert";
import { kernelMachines } from "../../../sandbox";
import { TestLab, until } from "./test-lab";

describe("sandbox: machines with a kernel of their own", function () {
  this.timeout(900_000);
  const lab = new TestLab("kernel");

  before(async function () {
    await lab.cli("down");
    await lab.must("up", "--kernel-machines");
    const found = kernelMachines(lab.sandbox);
    if ("unavailable" in found) {
      console.log(`      skipped: ${found.unavailable}`);
      this.skip();
    }
    // Both are resumed from the same frozen state.
    for (const [vmid, name] of [
      [160, "server"],
      [161, "client"],
    ] as const) {
      const config = { ciuser: "ops", ipconfig0: `ip=10.77.0.${vmid}/24,gw=10.77.0.1` };
      await lab.clone(vmid, name, { ...config, searchdomain: "home.arpa" }, 9001);
    }
    for (const name of ["server", "client"])
      await lab.on(name, "cloud-init status --wait >/dev/null", 400);
  });
  after(async () => {
    await lab.must("down");
  });

  it("have user, name and login from cloud-init, and are seen by the sandbox's commands", async () => {
    assert.equal(
      await lab.on("server", "id -un; hostname -f; sudo id -u"),
      "ops\nserver.home.arpa\n0",
    );
    assert.equal(await lab.on("161", "hostname -f"), "client.home.arpa");
    assert.match(await lab.must("status"), /160 +server +vm +running +10\.77\.0\.160\n/);
  });

  it("share nothing that tells machines apart", async () => {
    const identity =
      "cat /etc/machine-id /proc/sys/kernel/random/boot_id /etc/ssh/ssh_host_ed25519_key.pub; " +
      "cat /sys/class/net/eth0/address; head -c 16 /dev/urandom | base64";
    const [one, two] = await Promise.all(
      ["server", "client"].map(async (name) => (await lab.on(name, identity)).split("\n")),
    );
    assert.equal(one?.length, 5);
    for (const [n, line] of one?.entries() ?? []) assert.notEqual(line, two?.[n]);
  });

  it("serve and mount NFS by their kernels, for whom the export names and nobody else", async () => {
    await lab.on(
      "server",
      `sudo sh -ec 'mkdir -p /srv/files /etc/exports.d; echo from-server >/srv/files/one
        echo "/srv/files 10.77.0.161(rw,no_root_squash,no_subtree_check)" >/etc/exports.d/files.exports
        systemctl start nfs-server; exportfs -ra'`,
      120,
    );
    const mount = "sudo mount -t nfs -o vers=4.2,soft,timeo=50 10.77.0.160:/srv/files /mnt";
    assert.equal(await lab.on("client", `${mount} && cat /mnt/one`, 60), "from-server");
    await lab.on("client", "echo two | sudo tee /mnt/two >/dev/null; sudo umount /mnt");
    assert.equal(await lab.on("server", "cat /srv/files/two"), "two");
    assert.match(
      await lab.on("server", `${mount} 2>&1 && echo mounted || :`),
      /access denied|Operation not permitted/,
    );
  });

  it("run commands for the guest agent", async () => {
    const at = "/nodes/pve1/qemu/161/agent";
    const { pid } = await lab.api<{ pid: number }>("POST", `${at}/exec`, {
      command: "/bin/hostname",
    });
    await until(
      "the command ended",
      async () =>
        (await lab.api<{ exited: number }>("GET", `${at}/exec-status?pid=${pid}`)).exited === 1,
      60,
    );
  });

  it("shut down in order, and go with their disks when they are deleted", async () => {
    for (const vmid of [161, 160]) {
      await lab.api("POST", `/nodes/pve1/qemu/${vmid}/status/shutdown`, { timeout: 180 });
      await lab.api("DELETE", `/nodes/pve1/qemu/${vmid}?destroy-unreferenced-disks=1&purge=1`);
    }
    const guests = await lab.api<{ vmid: number }[]>("GET", "/nodes/pve1/qemu");
    assert.deepEqual(guests.map(({ vmid }) => vmid).sort(), [9000, 9001]);
  });
});
