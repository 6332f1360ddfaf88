import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { ConnectionBroken, ScriptFailed, ScriptTimedOut } from "../../../../provider/host/errors";
import { LocalHost } from "./local-host";

/** Whether a process is there and no zombie. */
function isRunning(pid: string): boolean {
  const file = `/proc/${pid}/stat`;
  return fs.existsSync(file) && !/\) Z /.test(fs.readFileSync(file, "utf8"));
}

describe("Host", () => {
  let local: LocalHost;
  beforeEach(() => {
    local = new LocalHost();
  });
  afterEach(() => local.remove());
  const run = (text: string, more = {}) => local.host.run({ step: "test", text, ...more });

  it("carries files and fields to the byte", async () => {
    const data = randomBytes(300_000);
    const { fields, stdout } = await run(
      `field sum "$(sha256sum <"$in/data")"
echo plain
field_file text "$in/text"
printf '\\001field no such field'`,
      { files: { data, text: "a\n\u0001field x 3\nb\n\n", empty: "" } },
    );
    const sum = await import("node:crypto").then(({ createHash }) =>
      createHash("sha256").update(data).digest("hex"),
    );
    assert.equal(fields.sum, `${sum}  -`);
    assert.equal(fields.text, "a\n\u0001field x 3\nb\n\n");
    assert.equal(stdout, "plain\n\u0001field no such field");
  });

  it("ends a script at its first failing command and says what that said", async () => {
    const error = await run("echo wrong value >&2; false; echo never").catch((e: unknown) => e);
    assert.ok(error instanceof ScriptFailed);
    assert.equal(error.message, "test on root@local: wrong value");
    assert.equal(error.code, 1);
  });

  it("gives exit codes that are answers", async () => {
    assert.equal((await run("exit 3", { answers: [3] })).code, 3);
  });

  it("keeps answers apart when many scripts run side by side", async () => {
    const numbers = Array.from({ length: 60 }, (_, index) => index);
    const answers = await Promise.all(
      numbers.map(async (number) => {
        const ask = number % 5 ? "query" : "run";
        const text = `sleep 0.0${number % 4}; field number ${number}`;
        return (await local.host[ask]({ step: "test", text })).fields.number;
      }),
    );
    assert.deepEqual(answers, numbers.map(String));
    assert.equal(local.channels.length, 1);
  });

  it("does not make quick queries wait behind a long change", async () => {
    const long = run("sleep 5", { timeoutMs: 1_500 }).catch((e: unknown) => e);
    const start = Date.now();
    await local.host.query({ step: "test", text: "true" });
    assert.ok(Date.now() - start < 1_400);
    assert.ok((await long) instanceof ScriptTimedOut);
  });

  it("does not make other changes wait behind those that wait for one lock", async () => {
    const busy = Array.from({ length: 8 }, () =>
      run(`lock packages; while [ ! -e ${local.at("go")} ]; do sleep 0.1; done`, {
        lock: "packages",
      }),
    );
    await run(": >" + local.at("go"));
    await Promise.all(busy);
  });

  it("does not make quick queries wait behind any number of changes", async () => {
    const changes = Array.from({ length: 8 }, () =>
      run(`while [ ! -e ${local.at("go")} ]; do sleep 0.1; done`),
    );
    await local.host.query({ step: "test", text: ": >" + local.at("go") });
    await Promise.all(changes);
  });

  it("ends the whole process group of a script that takes too long", async () => {
    const error = await run(`sleep 77 & echo $! >${local.at("pid")}; wait`, {
      timeoutMs: 500,
    }).catch((e: unknown) => e);
    assert.ok(error instanceof ScriptTimedOut, String(error));
    await sleep(100);
    assert.ok(!isRunning(fs.readFileSync(local.at("pid"), "utf8").trim()));
  });

  it("asks a query again when the connection breaks, but not a change", async () => {
    local.remove();
    // The scripts have process groups of their own, so this group is the connection.
    const group = path.join(os.tmpdir(), `labwright-group-${process.pid}`);
    local = new LocalHost(["setsid", "sh", "-c", `echo $$ >${group}; exec sh`]);
    const breaking = (ask: "run" | "query") => {
      const once = local.at(ask);
      const text = `if [ ! -e ${once} ]; then : >${once}; kill -s KILL -- "-$(cat ${group})"; fi; field done 1`;
      return local.host[ask]({ step: "test", text });
    };
    assert.equal((await breaking("query")).fields.done, "1");
    assert.equal(local.channels.length, 2);
    const error = await breaking("run").catch((e: unknown) => e);
    assert.ok(error instanceof ConnectionBroken, String(error));
    assert.match(error.message, /run the same command again/);
    assert.equal((await run("field done 1")).fields.done, "1");
    fs.rmSync(group);
  });

  it("leaves nothing behind when it is closed, and lets a running script finish", async () => {
    const { stdout } = await run('echo "$1"');
    const folder = stdout.trim();
    const file = local.at("finished");
    const running = run(`sleep 1; : >${file}`).catch(() => undefined);
    await sleep(200);
    local.host.close();
    await running;
    for (let wait = 0; fs.existsSync(folder) && wait < 60; wait++) await sleep(50);
    assert.ok(fs.existsSync(file));
    assert.ok(!fs.existsSync(folder));
  });

  it("does not try an unreachable host for every resource", async () => {
    const broken = new LocalHost([
      "sh",
      "-c",
      "echo ssh: connect to host: Connection refused >&2; exit 255",
    ]);
    const asked = Array.from({ length: 50 }, () =>
      broken.host.query({ step: "test", text: "true" }).catch((e: Error) => e.message),
    );
    const messages = new Set(await Promise.all(asked));
    messages.add(
      (await broken.host
        .run({ step: "test", text: "true" })
        .catch((e: Error) => e.message)) as string,
    );
    assert.deepEqual(
      [...messages],
      ["cannot reach root@local: connection refused; is the machine up, and sshd running?"],
    );
    assert.equal(broken.channels.length, 1);
    broken.remove();
  });

  it("waits for a host until the time is over", async () => {
    const late = new LocalHost(["sh", "-c", "echo Connection refused >&2; exit 255"]);
    const error = await late.host
      .waitUntilReachable({ timeoutMs: 1_200 })
      .catch((e: Error) => e.message);
    assert.match(String(error), /connection refused.*\(waited 1 s\)/);
    assert.ok(late.channels.length > 1);
    late.remove();
  });

  it("gives up on a program that is no shell", async () => {
    const mute = new LocalHost(["sleep", "30"], 300);
    const error = await mute.host
      .run({ step: "test", text: "true" })
      .catch((e: Error) => e.message);
    assert.match(String(error), /cannot reach root@local: no shell answered in time/);
    mute.remove();
  });

  it("gives up what runs soon after it is cancelled, and lets it finish on the host", async () => {
    const file = local.at("finished");
    const running = run(`field started 1; sleep 8; echo done >${file}`).catch((e: unknown) => e);
    await sleep(500);
    local.host.cancel();
    const error = await running;
    assert.match(String(error), /cancelled during "test on root@local", which goes on there/);
    assert.ok(!fs.existsSync(file), "nobody waited for its end");
    await assert.rejects(run("true"), /cancelled before it began/);
    while (!fs.existsSync(file)) await sleep(100);
  });

  it("gives up connecting as soon as it is cancelled", async () => {
    const silent = new LocalHost(["sleep", "60"], 60_000);
    const waiting = silent.host.waitUntilReachable({ timeoutMs: 60_000 });
    setTimeout(() => silent.host.cancel(), 100);
    await assert.rejects(waiting, /cancelled before it began/);
    silent.remove();
  });

  it("cuts what a program said between words, so that no half of a secret is shown", async () => {
    const secret = "s".repeat(3_000);
    const error = await run(`echo "first ${secret} ${secret}" >&2; exit 1`).catch(
      (e: unknown) => e,
    );
    assert.equal((error as Error).message, `test on root@local: ... ${secret}`);
  });
});
