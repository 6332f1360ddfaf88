import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { cgroupHierarchies } from "../../../sandbox/machines/cgroups";
import { TestLab, run, until } from "./test-lab";

describe("sandbox: machines behind the Proxmox API", function () {
  this.timeout(300_000);
  const lab = new TestLab("machines");
  const keys = mkdtempSync(path.join(tmpdir(), "labwright-keys-"));
  const status = async (vmid: number): Promise<string> =>
    (await lab.api<{ status: string }>("GET", `/nodes/pve1/qemu/${vmid}/status/current`)).status;

  before(async () => {
    await lab.cli("down");
    await lab.must("up");
  });
  after(async () => {
    await lab.must("down");
    rmSync(keys, { recursive: true });
  });

  it("has a template that cannot be started and a node that one can log in to", async () => {
    const guests = await lab.api<{ vmid: number; name: string; template?: number }[]>(
      "GET",
      "/nodes/pve1/qemu",
    );
    assert.deepEqual(
      guests.map(({ vmid, name, template }) => ({ vmid, name, template })),
      [
        { vmid: 9000, name: "debian-12", template: 1 },
        { vmid: 9001, name: "debian-12-kernel", template: 1 },
      ],
    );
    await assert.rejects(
      lab.api("POST", "/nodes/pve1/qemu/9000/status/start"),
      /you can't start a vm if it's a template/,
    );
    assert.equal(await lab.on("pve1", "hostname"), "pve1");
  });

  it("gives a clone its user, key, address, host name, name service and login by cloud-init", async () => {
    await lab.clone(101, "web", {
      ciuser: "ops",
      ipconfig0: "ip=10.77.0.101/24,gw=10.77.0.1",
      nameserver: "10.77.0.53",
      searchdomain: "home.arpa",
    });
    assert.equal(await lab.on("web", "id -un; hostname -f"), "ops\nweb.home.arpa");
    assert.match(await lab.on("101", "ip -4 -brief address show eth0"), /10\.77\.0\.101\/24/);
    assert.match(await lab.on("web", "ip route"), /default via 10\.77\.0\.1 dev eth0/);
    assert.match(await lab.on("web", "resolvectl dns eth0"), /10\.77\.0\.53/);
    assert.match(await lab.on("web", "cat /sys/class/net/eth0/address"), /^bc:24:11:4d:00:65$/);
    assert.equal(await lab.on("web", "sudo id -u"), "0");
    assert.match(await lab.on("web", "cloud-init status --wait"), /status: done/);
    assert.equal(await lab.on("web", "systemctl is-system-running --wait || :"), "running");
  });

  it("uses a snippet that was put on the node over SSH, and the host key in it", async () => {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path.join(keys, "host")]);
    const [privateKey, publicKey] = ["host", "host.pub"].map((name) =>
      readFileSync(path.join(keys, name), "utf8"),
    ) as [string, string];
    const indented = privateKey.trim().replaceAll("\n", "\n    ");
    const snippet = `#cloud-config
hostname: snip
disable_root: false
ssh_authorized_keys:
  - ${readFileSync(`${lab.sandbox.identityFile}.pub`, "utf8").trim()}
users:
  - name: root
    ssh_authorized_keys:
      - ${readFileSync(`${lab.sandbox.identityFile}.pub`, "utf8").trim()}
ssh_keys:
  ed25519_private: |
    ${indented}
  ed25519_public: ${publicKey.trim()}
write_files:
  - path: /etc/from-snippet
    content: "one"
runcmd:
  - [sh, -c, "echo ran > /etc/from-runcmd"]
`;
    const quoted = Buffer.from(snippet).toString("base64");
    await lab.on("pve1", `echo ${quoted} | base64 -d > /var/lib/vz/snippets/snip.yaml`);
    await lab.clone(102, "snip", {
      cicustom: "user=local:snippets/snip.yaml",
      ipconfig0: "ip=10.77.0.102/24,gw=10.77.0.1",
    });
    assert.equal(
      await lab.on("snip", "id -un; hostname; cat /etc/from-snippet"),
      "root\nsnip\none",
    );
    await until("the host key is known", () =>
      readFileSync(lab.sandbox.knownHostsFile, "utf8").includes(
        `10.77.0.102 ${publicKey.split(" ").slice(0, 2).join(" ")}\n`,
      ),
    );
    await lab.on("snip", "cloud-init status --wait");
    assert.equal(await lab.on("snip", "cat /etc/from-runcmd"), "ran");
    assert.equal(
      await lab.on("snip", "ls /etc/ssh/ssh_host_*_key"),
      "/etc/ssh/ssh_host_ed25519_key",
    );
  });

  it("never logs in to a machine with another host key than the one in its files", async () => {
    // sshd goes on with the key that it has loaded; the files now say another.
    await lab.on("snip", "mv /etc/ssh/ssh_host_ed25519_key.pub /root/kept.pub");
    const other = readFileSync(`${lab.sandbox.identityFile}.pub`, "utf8");
    const pid = JSON.parse(
      readFileSync(path.join(lab.sandbox.machinesDir, "102/processes.json"), "utf8"),
    ) as { init: { pid: number } };
    const file = `/proc/${pid.init.pid}/root/etc/ssh/ssh_host_ed25519_key.pub`;
    writeFileSync(file, other);
    const { exitCode, stderr } = await lab.cli("ssh", "snip", "true");
    assert.equal(exitCode, 255);
    assert.match(stderr, /Host key verification failed/);
    rmSync(file);
    writeFileSync(file, readFileSync(path.join(keys, "host.pub"), "utf8"));
    assert.equal(await lab.on("snip", "hostname"), "snip");
  });

  it("installs a package of the machine's distribution through the lab's cache", async () => {
    await lab.on(
      "snip",
      "apt-get update && apt-get install --yes nginx-light >/dev/null 2>&1",
      120,
    );
    assert.match(
      await lab.on("snip", "systemctl is-active nginx; nginx -v 2>&1"),
      /^active\nnginx/,
    );
    assert.match(await lab.on("web", "curl -sI http://10.77.0.102/"), /^HTTP\/1.1 200 OK/);
  });

  it("has no way out of the lab", async () => {
    const out = "timeout 3 bash -c '</dev/tcp/192.0.2.1/80' 2>/dev/null && echo out || echo none";
    assert.equal(await lab.on("snip", out), "none");
  });

  it("limits a machine's memory and processors to what the API says", () => {
    const limits = cgroupHierarchies().flatMap(({ mountPoint }) =>
      ["memory.limit_in_bytes", "memory.max", "cpu.cfs_quota_us", "cpu.max"]
        .map((name) => path.join(mountPoint, lab.sandbox.id, "102", name))
        .filter((file) => existsSync(file))
        .map((file) => readFileSync(file, "utf8").split(/\s/)[0]),
    );
    assert.deepEqual(limits.sort(), ["200000", String(2 ** 30)].sort());
  });

  it("keeps what a machine wrote over stop and start, and its identity", async () => {
    const before = await lab.on("snip", "echo kept > /root/file; sync; cat /etc/machine-id");
    assert.match(before, /^[0-9a-f]{32}$/);
    await lab.api("POST", "/nodes/pve1/qemu/102/status/stop");
    assert.equal(await status(102), "stopped");
    const { stderr } = await lab.cli("ssh", "snip", "true");
    assert.match(stderr, /no machine "snip" is running; running: pve1, web \(101\)/);
    await lab.api("POST", "/nodes/pve1/qemu/102/status/start");
    assert.equal(await lab.on("snip", "cat /root/file /etc/machine-id"), `kept\n${before}`);
    assert.notEqual(await lab.on("web", "cat /etc/machine-id"), before);
  });

  it("shuts down and reboots a machine in order, by the API and from inside", async () => {
    const boot = (): Promise<string> => lab.on("snip", "systemctl show -P UserspaceTimestamp");
    const first = await boot();
    await lab.api("POST", "/nodes/pve1/qemu/102/status/reboot");
    await until("rebooted by the API", async () => (await boot()) !== first);
    const second = await boot();
    await lab.cli("ssh", "snip", "systemctl reboot");
    await until("rebooted from inside", async () => (await boot()) !== second, 40);
    await lab.api("POST", "/nodes/pve1/qemu/102/status/shutdown", { timeout: 30 });
    assert.equal(await status(102), "stopped");
    await lab.api("POST", "/nodes/pve1/qemu/102/status/start");
    await lab.on("snip", "true");
    await lab.cli("ssh", "snip", "systemctl poweroff");
    await until("powered off from inside", async () => (await status(102)) === "stopped");
  });

  it("pauses and continues a machine", async () => {
    await lab.api("POST", "/nodes/pve1/qemu/101/status/suspend");
    const { exitCode, stderr } = await lab.cli("ssh", "web", "true");
    assert.equal(exitCode, 255, stderr);
    const { qmpstatus } = await lab.api<{ qmpstatus: string }>(
      "GET",
      "/nodes/pve1/qemu/101/status/current",
    );
    assert.equal(qmpstatus, "paused");
    await lab.api("POST", "/nodes/pve1/qemu/101/status/resume");
    assert.equal(await lab.on("web", "hostname"), "web");
  });

  it("answers for the guest agent with what the machine really has", async () => {
    const { result } = await lab.api<{
      result: { name: string; "ip-addresses": { "ip-address": string }[] }[];
    }>("GET", "/nodes/pve1/qemu/101/agent/network-get-interfaces");
    const eth0 = result.find(({ name }) => name === "eth0");
    assert.ok(eth0?.["ip-addresses"].some((entry) => entry["ip-address"] === "10.77.0.101"));
  });

  it("runs a command for the guest agent inside the machine", async () => {
    const { pid } = await lab.api<{ pid: number }>("POST", "/nodes/pve1/qemu/101/agent/exec", {
      command: "/bin/hostname",
    });
    const at = `/nodes/pve1/qemu/101/agent/exec-status?pid=${pid}`;
    interface Result {
      exited: number;
      exitcode?: number;
      "out-data"?: string;
    }
    await until("the command ended", async () => (await lab.api<Result>("GET", at)).exited === 1);
    const result = await lab.api<Result>("GET", at).catch(() => undefined);
    if (result) assert.equal(result["out-data"], "web\n");
  });

  it("gives data disks as block devices; moved to another machine they keep their files", async () => {
    await lab.api("PUT", "/nodes/pve1/qemu/102/config", { scsi1: "local2:1,serial=data7" });
    await lab.api("POST", "/nodes/pve1/qemu/102/status/start");
    const disk = "/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_drive-scsi1";
    await lab.on("snip", `blkid ${disk} || mkfs.ext4 -q ${disk}`);
    await lab.on("snip", `mount ${disk} /mnt && echo treasure > /mnt/file && umount /mnt`);
    assert.equal(await lab.on("snip", `blockdev --getsize64 ${disk}`), String(2 ** 30));
    await lab.api("POST", "/nodes/pve1/qemu/102/status/stop");

    await lab.api("PUT", "/nodes/pve1/qemu/102/resize", { disk: "scsi1", size: "+1G" });
    await lab.api("POST", "/nodes/pve1/qemu/101/status/stop");
    await lab.api("POST", "/nodes/pve1/qemu/102/move_disk", {
      disk: "scsi1",
      "target-vmid": 101,
      "target-disk": "scsi1",
    });
    await lab.api("POST", "/nodes/pve1/qemu/101/status/start");
    await lab.on("web", `sudo mount ${disk} /mnt`);
    assert.equal(await lab.on("web", "cat /mnt/file"), "treasure");
    assert.equal(await lab.on("web", `sudo blockdev --getsize64 ${disk}`), String(2 ** 31));
  });

  it("finds its machines again after its daemon was killed", async () => {
    const machine = path.join(lab.sandbox.machinesDir, "101/processes.json");
    const before = readFileSync(machine, "utf8");
    await lab.on("web", "echo here > /tmp/mark");
    const daemon = JSON.parse(
      readFileSync(path.join(lab.sandbox.runDir, "daemon.json"), "utf8"),
    ) as { pid: number };
    process.kill(daemon.pid, "SIGKILL");
    await until(
      "the lab is seen as not up",
      async () => (await lab.cli("exec", "--", "true")).exitCode === 1,
    );
    const refused = await lab.cli("exec", "--", "true");
    assert.match(refused.stderr, /is not up; run: labwright sandbox up/);
    await lab.must("up");
    assert.equal(await status(101), "running");
    assert.equal(await lab.on("web", "cat /tmp/mark"), "here");
    assert.equal(readFileSync(machine, "utf8"), before);
    await lab.api("POST", "/nodes/pve1/qemu/101/status/stop");
    assert.equal(await status(101), "stopped");
  });

  it("deletes a machine with all of its disks", async () => {
    await lab.api("DELETE", "/nodes/pve1/qemu/101?destroy-unreferenced-disks=1&purge=1");
    await assert.rejects(status(101), /101/);
    const left = execFileSync("find", [lab.sandbox.volumesDir, "-path", "*/101*"], {
      encoding: "utf8",
    });
    assert.equal(left, "");
  });

  it("starts a machine whose disk comes from a downloaded cloud image", async () => {
    await lab.api("POST", "/nodes/pve1/storage/local/download-url", {
      content: "import",
      filename: "bookworm.qcow2",
      url: "http://10.77.0.1/images/debian-12.qcow2",
    });
    await lab.api("POST", "/nodes/pve1/qemu", {
      vmid: 110,
      name: "fromimage",
      memory: 512,
      scsihw: "virtio-scsi-single",
      scsi0: "local:0,import-from=local:import/bookworm.qcow2",
      ide2: "local:cloudinit",
      boot: "order=scsi0",
      net0: "virtio=BC:24:11:4D:00:6E,bridge=vmbr0",
      ipconfig0: "ip=10.77.0.110/24,gw=10.77.0.1",
      ciuser: "root",
      ciupgrade: 0,
      sshkeys: encodeURIComponent(readFileSync(`${lab.sandbox.identityFile}.pub`, "utf8").trim()),
    });
    await lab.api("POST", "/nodes/pve1/qemu/110/status/start");
    assert.equal(await lab.on("fromimage", "hostname"), "fromimage");
  });

  it("starts a container from a downloaded template", async () => {
    const template = "debian-12-standard_12_amd64.tar.zst";
    await lab.api("POST", "/nodes/pve1/storage/local/download-url", {
      content: "vztmpl",
      filename: template,
      url: `http://10.77.0.1/images/${template}`,
    });
    await lab.api("POST", "/nodes/pve1/lxc", {
      vmid: 130,
      hostname: "box",
      ostemplate: `local:vztmpl/${template}`,
      rootfs: "local:2",
      memory: 256,
      net0: "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:4D:00:82,ip=10.77.0.130/24,gw=10.77.0.1",
      "ssh-public-keys": readFileSync(`${lab.sandbox.identityFile}.pub`, "utf8").trim(),
    });
    await lab.api("POST", "/nodes/pve1/lxc/130/status/start");
    assert.equal(await lab.on("box", "id -un; hostname"), "root\nbox");
    assert.match(await lab.must("status"), /130 +box +container +running +10\.77\.0\.130\n/);
    const interfaces = await lab.api<{ name: string; inet?: string }[]>(
      "GET",
      "/nodes/pve1/lxc/130/interfaces",
    );
    assert.equal(interfaces.find(({ name }) => name === "eth0")?.inet, "10.77.0.130/24");
    await lab.api("POST", "/nodes/pve1/lxc/130/status/stop");
    await lab.api("DELETE", "/nodes/pve1/lxc/130");
  });

  it("has a limited token that may look and not touch", async () => {
    const credentials = JSON.parse(
      readFileSync(path.join(lab.sandbox.dir, "credentials.json"), "utf8"),
    ) as { limitedToken: string };
    const call = async (method: string, at: string): Promise<string> => {
      const url = `https://10.77.0.2:8006/api2/json${at}`;
      const curl = [
        "curl",
        "-sk",
        "-X",
        method,
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "-H",
        "@-",
      ];
      const { stdout } = await run(
        "nsenter",
        [`--net=/run/netns/${lab.sandbox.netns}`, ...curl, url],
        { stdin: `Authorization: PVEAPIToken=${credentials.limitedToken}\n` },
      );
      return stdout;
    };
    assert.equal(await call("GET", "/nodes/pve1/qemu/102/config"), "200");
    assert.equal(await call("POST", "/nodes/pve1/qemu/102/status/stop"), "403");
    assert.equal(await call("DELETE", "/nodes/pve1/qemu/102"), "403");
  });

  it("says why a guest without an operating system does not start", async () => {
    await lab.api("POST", "/nodes/pve1/qemu", { vmid: 120, name: "empty", scsi0: "local:1" });
    await assert.rejects(
      lab.api("POST", "/nodes/pve1/qemu/120/status/start"),
      /no bootable device/,
    );
  });
});
