import { strict as assert } from "node:assert";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import * as path from "node:path";
import type { RunningMachine } from "../../../sandbox/machines/machine-run";
import { TestLab, until } from "./test-lab";

describe("sandbox: a lab's life", function () {
  this.timeout(300_000);
  const one = new TestLab("one");
  const two = new TestLab("two");
  const address = (last: number): { ipconfig0: string; ciuser: string } => ({
    ipconfig0: `ip=10.77.0.${last}/24,gw=10.77.0.1`,
    ciuser: "root",
  });

  before(async () => {
    await one.cli("down");
    await two.cli("down");
    assert.deepEqual(await one.traces(), []);
    await one.must("up");
  });
  after(async () => {
    await one.cli("down");
    await two.cli("down");
  });

  it("says what to do when there is no lab", async () => {
    const status = await two.cli("status");
    assert.equal(status.exitCode, 3);
    assert.match(status.stdout, /^No lab in .*\. To have one: labwright sandbox up\n$/);
    for (const command of [
      ["exec", "--", "true"],
      ["ssh", "pve1", "true"],
    ]) {
      const { exitCode, stderr } = await two.cli(...command);
      assert.equal(exitCode, 1);
      assert.match(
        stderr,
        /^labwright sandbox: the lab in .* is not up; run: labwright sandbox up/,
      );
    }
    assert.equal((await two.cli("down")).exitCode, 0);
    assert.deepEqual(await two.traces(), []);
  });

  it("refuses what it does not know with its usage and exit code 2", async () => {
    for (const args of [["sideways"], ["up", "now"], ["exec"], ["ssh"], []]) {
      const { exitCode, stderr } = await one.cli(...args);
      assert.equal(exitCode, 2, args.join(" "));
      assert.match(stderr, /Usage: labwright sandbox up/);
    }
  });

  it("neither uses nor removes a folder that holds something else", async () => {
    const other = new TestLab("other");
    mkdirSync(other.sandbox.dir);
    writeFileSync(path.join(other.sandbox.dir, "thesis.txt"), "years of work");
    for (const command of ["up", "reset", "down"]) {
      const { exitCode, stderr } = await other.cli(command);
      assert.equal(exitCode, 1);
      assert.match(stderr, /is not a sandbox's folder: it holds thesis\.txt/);
    }
    assert.deepEqual(readdirSync(other.sandbox.dir), ["thesis.txt"]);
    rmSync(other.sandbox.dir, { recursive: true });
  });

  it("leaves a lab alone that is up already", async () => {
    const before = readFileSync(path.join(one.sandbox.runDir, "daemon.json"), "utf8");
    const { exitCode, stderr } = await one.cli("up");
    assert.equal(exitCode, 0);
    assert.match(stderr, /The lab is up already/);
    assert.equal(readFileSync(path.join(one.sandbox.runDir, "daemon.json"), "utf8"), before);
  });

  it("runs a command in the lab's network with the engine, its state and the keys", async () => {
    const env = Object.fromEntries(
      (await one.must("exec", "--", "env", "-0"))
        .split("\0")
        .filter(Boolean)
        .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
    ) as Record<string, string>;
    assert.equal(env.PULUMI_BACKEND_URL, `file://${one.sandbox.stateDir}`);
    assert.ok(existsSync(one.sandbox.stateDir));
    assert.ok(env.PULUMI_CONFIG_PASSPHRASE);
    assert.equal(env.PROXMOX_VE_ENDPOINT, "https://10.77.0.2:8006");
    assert.match(env.PROXMOX_VE_API_TOKEN ?? "", /^root@pam!labwright=[0-9a-f-]{36}$/);
    assert.equal(env.PROXMOX_VE_INSECURE, "true");
    assert.equal(env.PROXMOX_VE_SSH_USERNAME, "root");
    assert.equal(env.PROXMOX_VE_SSH_PRIVATE_KEY, readFileSync(one.sandbox.identityFile, "utf8"));
    assert.equal(env.LABWRIGHT_SSH_IDENTITY_FILE, one.sandbox.identityFile);
    assert.equal(env.LABWRIGHT_KNOWN_HOSTS_FILE, one.sandbox.knownHostsFile);
    assert.match(env.LABWRIGHT_SSH_PUBLIC_KEY ?? "", /^ssh-ed25519 \S+ \S+$/);
    assert.equal(env.TMPDIR, process.env.TMPDIR);
    assert.match(await one.must("exec", "--", "pulumi", "version"), /^v\d+\.\d+\.\d+/);
    assert.match(await one.must("exec", "ip", "-brief", "address"), /vmbr0 .*10\.77\.0\.1\/24/);
    // What can only look into the user's own file finds the node's key there.
    const known = await one.must("exec", "--", "sh", "-c", "cat ~/.ssh/known_hosts");
    assert.match(known, /^10\.77\.0\.2,pve1 ssh-ed25519 /m);
  });

  it("gives a command's exit code, also when a signal ended it", async () => {
    assert.equal((await one.cli("exec", "--", "sh", "-c", "exit 7")).exitCode, 7);
    assert.equal((await one.cli("exec", "--", "sh", "-c", "kill -TERM $$")).exitCode, 143);
    assert.equal((await one.cli("ssh", "pve1", "exit 9")).exitCode, 9);
  });

  it("keeps the lab's secrets readable by root alone", () => {
    assert.equal(statSync(one.sandbox.dir).mode & 0o777, 0o700);
    const file = path.join(one.sandbox.dir, "credentials.json");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const secrets = Object.values(JSON.parse(readFileSync(file, "utf8")) as object).map(
      (value: string) => value.split("=").at(-1) ?? "",
    );
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      let line = "";
      try {
        line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        // It ended meanwhile.
      }
      for (const secret of secrets) assert.ok(!line.includes(secret), line);
    }
    const log = readFileSync(path.join(one.sandbox.runDir, "daemon.log"), "utf8");
    for (const secret of secrets) assert.ok(!log.includes(secret));
  });

  it("runs beside another lab with the same addresses", async () => {
    await one.clone(101, "alpha", address(101));
    await two.must("up");
    await two.clone(101, "beta", address(101));
    assert.equal(await one.on("101", "hostname"), "alpha");
    assert.equal(await two.on("101", "hostname"), "beta");
    assert.match(await one.must("status"), /101 +alpha +vm +running +10\.77\.0\.101\n/);
    const { machines, api } = JSON.parse(await two.must("status", "--json")) as {
      machines: { name: string; kind: string; status: string }[];
      api: { running: boolean };
    };
    assert.deepEqual(
      machines.map(({ name, kind }) => [name, kind]),
      [
        ["pve1", "node"],
        ["beta", "vm"],
        ["debian-12", "template"],
        ["debian-12-kernel", "template"],
      ],
    );
    assert.ok(api.running);
  });

  it("comes back as new with reset, with the same keys", async () => {
    const before = await one.must(
      "exec",
      "--",
      "sh",
      "-c",
      "touch $PWD/.sandbox-test-one/state/x; echo $PROXMOX_VE_API_TOKEN",
    );
    await one.must("reset");
    assert.equal(await one.must("exec", "--", "printenv", "PROXMOX_VE_API_TOKEN"), before);
    assert.deepEqual(readdirSync(one.sandbox.stateDir), []);
    const guests = await one.api<{ vmid: number }[]>("GET", "/nodes/pve1/qemu");
    assert.deepEqual(
      guests.map(({ vmid }) => vmid),
      [9000, 9001],
    );
    assert.deepEqual(readdirSync(path.join(one.sandbox.volumesDir, "local")), ["9000", "9001"]);
    await one.clone(101, "again", address(101));
    assert.equal(await one.on("again", "hostname"), "again");
    assert.equal(await two.on("101", "hostname"), "beta");
  });

  it("goes on from a start that was killed half way", async () => {
    await two.must("down");
    const halfway = two.cli("up");
    await until("the node's run folder is there", () => existsSync(two.sandbox.machinesDir), 60);
    const script = "bin/labwright\0sandbox\0up";
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        const own = readFileSync(`/proc/${pid}/environ`, "utf8").includes(two.sandbox.dir);
        if (own && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(script)) {
          process.kill(Number(pid), "SIGKILL");
        }
      } catch {
        // It ended meanwhile.
      }
    }
    await halfway;
    await two.must("up");
    assert.equal(await two.on("pve1", "hostname"), "pve1");
  });

  it("is gone without a trace after down, also when all that supervises it was killed", async () => {
    await one.api("PUT", "/nodes/pve1/qemu/101/config", { scsi1: "local:1" });
    await one.api("POST", "/nodes/pve1/qemu/101/status/stop");
    await one.api("POST", "/nodes/pve1/qemu/101/status/start");
    const daemon = JSON.parse(
      readFileSync(path.join(one.sandbox.runDir, "daemon.json"), "utf8"),
    ) as { pid: number };
    const machine = JSON.parse(
      readFileSync(path.join(one.sandbox.machinesDir, "101/processes.json"), "utf8"),
    ) as RunningMachine;
    const main = Number(readFileSync(path.join(one.sandbox.machinesDir, "101/main.pid"), "utf8"));
    process.kill(daemon.pid, "SIGKILL");
    process.kill(machine.supervisor.pid, "SIGKILL");
    process.kill(main, "SIGKILL");
    const left = one.cli("exec", "--", "sleep", "600");
    assert.notDeepEqual(await one.traces(), []);
    await one.must("down");
    assert.notEqual((await left).exitCode, 0);
    assert.deepEqual(await one.traces(), []);
  });

  it("stops the package cache with the last lab", async () => {
    const cache = (): boolean => existsSync("/run/labwright");
    const others = readdirSync("/run/netns").filter(
      (name) => name.startsWith("lw-") && name !== two.sandbox.id,
    );
    await two.must("down");
    assert.deepEqual(await two.traces(), []);
    if (others.length === 0) assert.equal(cache(), false);
  });
});
