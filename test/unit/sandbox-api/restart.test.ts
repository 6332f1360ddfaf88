import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { startApi } from "../../../sandbox/api";
import { Client, PASSWORD, TOKEN } from "../../conformance/client";
import { ApiUnderTest } from "./api-under-test";

const ROOT = path.join(__dirname, "../../..");
const N = "/nodes/pve1/qemu";

describe("the API's state", () => {
  it("is the same after a restart: guests, volumes, tasks, pools, users, certificate", async () => {
    const api = await ApiUnderTest.start();
    try {
      await api.task("POST", N, {
        vmid: "100",
        name: "kept",
        scsi0: "local:1",
        net0: "virtio,bridge=vmbr0",
      });
      const upid = await api.data<string>("POST", `${N}/100/status/start`);
      await api.taskEnd(upid);
      await api.data("POST", "/pools", { poolid: "lab", comment: "c" });
      await api.data("PUT", "/pools/lab", { vms: "100" });
      await api.data("POST", "/access/users", { userid: "ci@pve", password: "made-up-1" });
      const paths = [
        `${N}/100/config`,
        "/nodes/pve1/storage/local/content",
        "/pools",
        "/access/users",
        `/nodes/pve1/tasks/${encodeURIComponent(upid)}/log`,
      ];
      const before = await Promise.all(paths.map((one) => api.data("GET", one)));
      const certificate = api.certificate;
      await api.restart();
      assert.deepEqual(await Promise.all(paths.map((one) => api.data("GET", one))), before);
      assert.equal(api.certificate, certificate);
      assert.equal(await api.taskEnd(upid), "OK");
      assert.equal((await api.status(100)).status, "stopped");
      const login = await api.call(
        "POST",
        "/access/ticket",
        { username: "ci@pve", password: "made-up-1" },
        {},
      );
      assert.equal(login.status, 200);
    } finally {
      await api.stop();
    }
  });

  it("starts guests with onboot after a restart, in the order of their startup", async () => {
    const api = await ApiUnderTest.start();
    try {
      await api.task("POST", N, { vmid: "101", onboot: "1" });
      await api.task("POST", N, { vmid: "102", onboot: "1", startup: "order=1" });
      await api.task("POST", N, { vmid: "103" });
      await api.restart();
      await sleep(100);
      const [task] = await api.data<{ upid: string; type: string }[]>(
        "GET",
        "/nodes/pve1/tasks?typefilter=startall",
      );
      const log = await api.data<{ t: string }[]>(
        "GET",
        `/nodes/pve1/tasks/${encodeURIComponent(task?.upid ?? "")}/log`,
      );
      assert.deepEqual(
        log.map(({ t }) => t),
        ["Starting VM 102", "Starting VM 101", "TASK OK"],
      );
      assert.equal((await api.status(103)).status, "stopped");
    } finally {
      await api.stop();
    }
  });

  it("has no half-made guest after the process was killed in the middle of a clone", async function () {
    this.timeout(30_000);
    const stateDir = mkdtempSync(path.join(tmpdir(), "sandbox-api-"));
    const program = `require(${JSON.stringify(path.join(ROOT, "sandbox/api"))}).runApi(process.argv.slice(1))`;
    const args = ["-r", "ts-node/register/transpile-only", "-e", program, "--"];
    const options = ["--listen", "127.0.0.1:0", "--state", stateDir, "--time-scale", "1"];
    const env = {
      ...process.env,
      LABWRIGHT_API_TOKEN: `${TOKEN.id}=${TOKEN.secret}`,
      LABWRIGHT_API_PASSWORD: PASSWORD,
    };
    const child = spawn(process.execPath, [...args, ...options], {
      cwd: ROOT,
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const [line] = (await once(child.stdout, "data")) as [Buffer];
      const port = Number(/:(\d+) is ready/.exec(line.toString())?.[1]);
      const client = new Client(
        port,
        readFileSync(path.join(stateDir, "priv/pve-ssl.pem"), "utf8"),
      );
      const created = await client.ask("POST", `/api2/json${N}`, { vmid: "100", scsi0: "local:1" });
      assert.match(String(created), /^UPID/);
      await sleep(600);
      const cloned = await client.ask("POST", `/api2/json${N}/100/clone`, {
        newid: "101",
        full: "1",
      });
      assert.match(String(cloned), /^UPID/);
      await sleep(600);
      assert.deepEqual(readdirSync(path.join(stateDir, "nodes/pve1/qemu-server")).sort(), [
        "100.conf",
        "101.conf",
      ]);
      child.kill("SIGKILL");
      await once(child, "exit");
      client.close();

      const api = await startApi({
        listen: { address: "127.0.0.1", port: 0 },
        stateDir,
        tokens: [TOKEN],
      });
      const again = new Client(api.port, api.certificatePem);
      assert.deepEqual(readdirSync(path.join(stateDir, "nodes/pve1/qemu-server")), ["100.conf"]);
      const content = (await again.ask("GET", "/api2/json/nodes/pve1/storage/local/content")) as {
        volid: string;
      }[];
      assert.deepEqual(
        content.map(({ volid }) => volid),
        ["local:100/vm-100-disk-0.raw"],
      );
      const path101 = `/api2/json/nodes/pve1/tasks/${encodeURIComponent(String(cloned))}/status`;
      const status = (await again.ask("GET", path101)) as { status: string; exitstatus: string };
      assert.deepEqual([status.status, status.exitstatus], ["stopped", "interrupted by signal"]);
      again.close();
      await api.close();
    } finally {
      child.kill("SIGKILL");
      rmSync(stateDir, { recursive: true, force: true });
    }
  });

  it("ends cleanly at SIGTERM, and says what is wrong with its arguments", async function () {
    this.timeout(30_000);
    const stateDir = mkdtempSync(path.join(tmpdir(), "sandbox-api-"));
    const program = `require(${JSON.stringify(path.join(ROOT, "sandbox/api"))}).runApi(process.argv.slice(1)).then((code) => process.exit(code))`;
    const run = (...options: string[]) =>
      spawn(
        process.execPath,
        ["-r", "ts-node/register/transpile-only", "-e", program, "--", ...options],
        { cwd: ROOT },
      );
    try {
      const child = run("--listen", "127.0.0.1:0", "--state", stateDir);
      await once(child.stdout, "data");
      child.kill("SIGTERM");
      assert.deepEqual(await once(child, "exit"), [0, null]);
      const bad = run("--listen", "nowhere", "--state", stateDir, "--token", "secret-without-form");
      let text = "";
      bad.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
      assert.deepEqual(await once(bad, "close"), [2, null]);
      assert.match(text, /--listen is "nowhere"; give ADDRESS:PORT/);
      assert.doesNotMatch(text, /secret-without-form/);
    } finally {
      rmSync(stateDir, { recursive: true, force: true });
    }
  });
});
