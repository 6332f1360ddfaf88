import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import fc from "fast-check";

import { enterContainer } from "../../../../provider/host/enter.render";
import { EnteredHost } from "../../../../provider/host/entered-host";
import { HostUnreachable, ScriptFailed, ScriptTimedOut } from "../../../../provider/host/errors";
import { shells } from "../apply/script-runs";
import { LocalHost } from "./local-host";

const web = { type: "nspawn", name: "web" } as const;

/** Text that a shell, a pattern or a line-wise tool would stumble over. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "'",
        '"',
        "$(id)",
        "`id`",
        "\\",
        "\n",
        "\r\n",
        "\u0001field x 1\n",
        "%s",
        "é",
      ),
    ),
  )
  .map((parts) => parts.join("").replaceAll("\0", ""));

for (const shell of shells) {
  describe(`EnteredHost with ${shell.join(" ")} inside`, () => {
    let local: LocalHost;
    let host: EnteredHost;

    /** A way in that ends in the same place, so that only what carries the script is tried. */
    const entry = () => {
      const bin = local.at("bin");
      const program = fs.realpathSync(`/bin/${shell[0]}`);
      fs.mkdirSync(bin, { recursive: true });
      if (!fs.existsSync(path.join(bin, "sh"))) fs.symlinkSync(program, path.join(bin, "sh"));
      return `[ ! -e ${local.at("off")} ] || fail 'it is not running'
exec env -i PATH=${bin}:/usr/sbin:/usr/bin:/sbin:/bin`;
    };
    beforeEach(() => {
      local = new LocalHost();
      host = new EnteredHost(local.host, web, entry);
    });
    afterEach(() => local.remove());
    const run = (text: string, more = {}) => host.run({ step: "test", text, ...more });
    const left = () =>
      fs.readdirSync("/run").filter((name) => name.startsWith("labwright.entered."));

    it("carries files and fields to the byte, any size", async () => {
      const data = randomBytes(3_000_000);
      const { fields, stdout, stderr } = await run(
        `field sum "$(cksum <"$in/data")"
echo plain
echo said >&2
field_file text "$in/text"
field_file empty "$in/empty"
printf '\\001field no such field'`,
        { files: { data, text: "a\n\u0001field x 3\nb\n\n", empty: "" } },
      );
      const sum = await local.host.run({
        step: "test",
        text: 'field sum "$(cksum <"$in/data")"',
        files: { data },
      });
      assert.equal(fields.sum, sum.fields.sum);
      assert.deepEqual(
        { ...fields, sum: "" },
        { sum: "", text: "a\n\u0001field x 3\nb\n\n", empty: "" },
      );
      assert.equal(stdout, "plain\n\u0001field no such field");
      assert.equal(stderr, "said\n");
    });

    it("carries hostile text to the byte, in the script and beside it", async () => {
      const texts = fc.sample(hostile, 200);
      for (let from = 0; from < texts.length; from += 50) {
        const some = texts.slice(from, from + 50);
        const { fields } = await run(
          some.map((_, at) => `field_file f${at} "$in/f${at}"`).join("\n"),
          { files: Object.fromEntries(some.map((text, at) => [`f${at}`, text])) },
        );
        assert.deepEqual(
          some.map((_, at) => fields[`f${at}`]),
          some.map((text) => Buffer.from(text).toString("utf8")),
        );
      }
    }).timeout(60_000);

    it("gives exit codes and errors as they are, in the container's name", async () => {
      assert.equal((await run("exit 3", { answers: [3] })).code, 3);
      assert.equal((await run("exit 74", { answers: [74] })).code, 74);
      const error = await run("echo wrong value >&2; false; echo never").catch((e: unknown) => e);
      assert.ok(error instanceof ScriptFailed);
      assert.equal(error.message, "test on container web of root@local: wrong value");
      assert.equal(error.code, 1);
    });

    it("starts with a clean environment, in its own folder, with nothing on stdin", async () => {
      process.env.LABWRIGHT_TEST_LEAK = "leaked";
      const { stdout } = await run('env | grep -c LEAK || :; pwd; cat; echo "end"');
      delete process.env.LABWRIGHT_TEST_LEAK;
      assert.equal(stdout, "0\n/\nend\n");
    });

    it("leaves nothing behind, and clears what a killed script left", async () => {
      const before = left();
      await run('field text "$(cat "$in/secret")"', { files: { secret: "s" } });
      await run("exit 7").catch(() => undefined);
      assert.deepEqual(left(), before);
      const error = await run("trap '' TERM; sleep 9; sleep 9", { timeoutMs: 300 }).catch(
        (e: unknown) => e,
      );
      assert.ok(error instanceof ScriptTimedOut, String(error));
      // What was killed may still be on its way out.
      while (left().length > before.length) await run("sleep 0.1");
      assert.deepEqual(left(), before);
    }).timeout(20_000);

    it("ends the whole process group of a script that takes too long, after its own cleaning up", async () => {
      const error = await run(
        `trap 'echo cleaned >${local.at("cleaned")}; exit 143' TERM
echo $$ >${local.at("pid")}
sleep 77`,
        { timeoutMs: 500 },
      ).catch((e: unknown) => e);
      assert.ok(error instanceof ScriptTimedOut, String(error));
      assert.match(error.message, /^test on container web of root@local: took longer than/);
      assert.equal(fs.readFileSync(local.at("cleaned"), "utf8"), "cleaned\n");
      await sleep(100);
      assert.ok(!fs.existsSync(`/proc/${fs.readFileSync(local.at("pid"), "utf8").trim()}`));
    });

    it("goes through containers in containers", async () => {
      const deeper = new EnteredHost(host, { type: "nspawn", name: "db" }, entry);
      const { fields } = await deeper.run({
        step: "test",
        text: 'field_file text "$in/text"',
        files: { text: "it's $HOME\n\n" },
      });
      assert.equal(fields.text, "it's $HOME\n\n");
      const error = await deeper
        .run({ step: "test", text: "false" })
        .catch((e: Error) => e.message);
      assert.equal(error, "test on container db of container web of root@local: exit code 1");
      assert.equal(local.channels.length, 1);
    });

    it("says of a container that is not running which one, on which host", async () => {
      fs.writeFileSync(local.at("off"), "");
      const error = await run(":", { answers: [1] }).catch((e: unknown) => e);
      assert.ok(error instanceof HostUnreachable, String(error));
      assert.equal(error.message, "cannot reach container web of root@local: it is not running");
      const late = await host.waitUntilReachable({ timeoutMs: 700 }).catch((e: Error) => e.message);
      assert.match(String(late), /it is not running \(waited 1 s\)$/);
      fs.rmSync(local.at("off"));
      assert.equal((await run("echo on")).stdout, "on\n");
    });
  });
}

/** Whether this process may make namespaces and enter them. */
const mayEnter =
  spawnSync("unshare", ["--pid", "--fork", "--mount-proc", "--uts", "true"]).status === 0;

(mayEnter ? describe : describe.skip)("EnteredHost in namespaces of its own", () => {
  let local: LocalHost;
  let host: EnteredHost;
  let leader: ChildProcess;
  beforeEach(async () => {
    local = new LocalHost();
    const setup = `hostname inside; mount -t tmpfs none /run; trap : TERM; while :; do sleep 1; done`;
    leader = spawn(
      "unshare",
      ["--pid", "--fork", "--kill-child", "--mount-proc", "--uts", "sh", "-c", setup],
      { stdio: "ignore" },
    );
    const children = `/proc/${leader.pid}/task/${leader.pid}/children`;
    while (!fs.readFileSync(children, "utf8").trim()) await sleep(20);
    const pid = fs.readFileSync(children, "utf8").trim();
    host = new EnteredHost(
      local.host,
      web,
      (container) => `machinectl() { echo ${pid}; }\n${enterContainer(container)}`,
    );
    const ready = async () => (await host.query({ step: "test", text: "hostname" })).stdout;
    while ((await ready()) !== "inside\n") await sleep(20);
  });
  afterEach(() => {
    leader.kill("SIGKILL");
    local.remove();
  });

  it("runs a script inside, whatever the way to it", async () => {
    const { fields, stdout } = await host.run({
      step: "test",
      text: 'field_file text "$in/text"; uname -n; ls /run; tr "\\0" " " </proc/1/cmdline',
      files: { text: "it's\n\u0001field x 1\n" },
    });
    assert.equal(fields.text, "it's\n\u0001field x 1\n");
    assert.match(stdout, /^inside\nlabwright\.entered\.\w+\nsh -c hostname inside;/);
    const { stdout: outside } = await local.host.run({ step: "test", text: "uname -n" });
    assert.notEqual(outside, "inside\n");
  });

  it("ends a script inside that takes too long, with all it started", async () => {
    const error = await host
      .run({ step: "test", text: "sleep 7777 & sleep 7777", timeoutMs: 400 })
      .catch((e: unknown) => e);
    assert.ok(error instanceof ScriptTimedOut, String(error));
    const { stdout } = await host.run({
      step: "test",
      text: "cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -c 'sleep 777[7]' || :",
    });
    assert.equal(stdout, "0\n");
  });

  it("fails when the machine ends under a script, and says so when it is gone", async () => {
    const running = host
      .run({ step: "test", text: "sleep 60", answers: [1] })
      .catch((e: unknown) => e);
    await sleep(300);
    leader.kill("SIGKILL");
    assert.match(
      String(await running),
      /test on container web of root@local: (Killed|exit code 137)/,
    );
    const after = await host.run({ step: "test", text: ":" }).catch((e: unknown) => e);
    assert.ok(after instanceof HostUnreachable, String(after));
  });
});

describe("EnteredHost", () => {
  it("does not run a script on the machine that took the expected one's place", async () => {
    const local = new LocalHost();
    const id = (text: string) => fs.writeFileSync(local.at("machine-id"), text);
    id("a\n");
    // The way in decides which machine it is: its id is looked for in /etc first.
    const entry = () =>
      `exec unshare --mount --map-root-user sh -c 'mount --bind ${local.at("machine-id")} /etc/machine-id; exec "$@"' sh`;
    const host = new EnteredHost(local.host, web, entry);
    assert.equal(await host.machineId(), "a");
    id("b\n");
    assert.equal(await host.machineId(), "a");
    const error = await host
      .run({ step: "test", text: `: >${local.at("done")}` })
      .catch((e: Error) => e.message);
    assert.match(
      String(error),
      /^container web of root@local became another machine meanwhile: its machine id is b/,
    );
    assert.ok(!fs.existsSync(local.at("done")));
    assert.equal(await host.machineId(), "b");
    await host.run({ step: "test", text: `: >${local.at("done")}` });
    assert.ok(fs.existsSync(local.at("done")));
    local.remove();
  });

  it("never puts a script's text or files into the arguments of a program", async () => {
    const local = new LocalHost();
    const host = new EnteredHost(local.host, web, () => "exec env");
    const { fields } = await host.run({
      step: "test",
      text: "field processes \"$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c canary-i[n] || :)\"\n: canary-in-text",
      files: { secret: "canary-in-file" },
    });
    assert.equal(fields.processes, "0");
    local.remove();
  });

  it("tells a host without machinectl from a container that does not run", async () => {
    const local = new LocalHost();
    const text = enterContainer(web);
    const without = await local.host
      .run({ step: "test", text: `PATH=${local.folder}; ${text}` })
      .catch((e: Error) => e.message);
    assert.match(String(without), /there is no machinectl: install systemd-container on the host/);
    const stopped = await local.host
      .run({
        step: "test",
        text: `machinectl() { echo "No machine 'web' known" >&2; return 1; }\n${text}`,
      })
      .catch((e: Error) => e.message);
    assert.match(String(stopped), /it is not running: start it with machinectl start web;/);
    local.remove();
  });
});
