import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";

import { renderChange, renderRelease } from "../../../../provider/apply/change-script";
import { type Claim, ledgerKey } from "../../../../provider/apply/ownership";
import { renderScript } from "../../../../provider/host/script-text";
import type { Change } from "../../../../provider/kind";
import { ScriptRuns, shells } from "./script-runs";

const user = os.userInfo().username;
const group = spawnSync("id", ["-gn"]).stdout.toString().trim();

for (const shell of shells) {
  describe(`shell functions in ${shell.join(" ")}`, () => {
    let root: string;
    let run: ScriptRuns;
    beforeEach(() => {
      run = new ScriptRuns(shell);
      root = run.root;
    });
    afterEach(() => run.remove());

    const at = (name: string) => run.at(name);
    const read = (name: string) => run.read(name);
    const ledger = () => run.ledger();
    const entry = () => run.entry();
    const script = (text: string, files?: Record<string, string>) => run.script(text, files);
    const mode = (name: string) => (fs.statSync(at(name)).mode & 0o7777).toString(8);

    const claim: Claim = {
      urn: "urn:pulumi:dev::lab::labwright:host:File::a b",
      kind: "labwright:host:File",
      physical: "/etc/x",
      known: false,
      adopt: false,
      digest: "d1",
    };
    const write = (check = ""): Pick<Change, "step" | "text" | "exists" | "adopting" | "lock"> => ({
      step: "write",
      text: `write_file ${at("file")} ${user} ${group} 0640 "$in/content" ${check && '"$in/check"'}`,
      exists: `[ -e ${at("file")} ]`,
      adopting: `keep_original ${at("file")}`,
    });
    const apply = (content: string, about: Partial<Claim> = {}, check = "") =>
      script(renderChange(write(check), { ...claim, ...about }), { content, check });
    const release = (about: Partial<Claim> = {}) =>
      script(
        renderRelease(
          {
            step: "remove",
            text: `[ "$adopted" = 1 ] && restore_original ${at("file")} || rm -f ${at("file")}`,
          },
          { ...claim, known: true, ...about },
        ),
      );

    it("writes a file with its mode, and notes whose it is", () => {
      assert.equal(apply("one\n").stderr, "");
      assert.equal(read("file"), "one\n");
      assert.equal(mode("file"), "640");
      assert.deepEqual(ledger(), [ledgerKey(claim.kind, claim.physical)]);
      assert.match(entry(), /^urn urn%3Apulumi%3Adev.*a%20b\nstack lab%2Fdev\n/);
      assert.match(entry(), /\nstate done\nadopted 0\n/);
    });

    it("leaves a file alone that is right", () => {
      apply("one\n");
      const before = fs.statSync(at("file")).ino;
      apply("one\n");
      assert.equal(fs.statSync(at("file")).ino, before);
      fs.chmodSync(at("file"), 0o666);
      apply("one\n");
      assert.equal(mode("file"), "640");
    });

    it("leaves no other file behind", () => {
      apply("one\n");
      apply("two\n", {}, "false");
      assert.deepEqual(
        fs.readdirSync(root).filter((name) => /^file|labwright|\.new/.test(name)),
        ["file"],
      );
    });

    it("refuses what exists and is not ours, and touches nothing", () => {
      fs.writeFileSync(at("file"), "theirs\n");
      const { code, fields } = apply("ours\n");
      assert.equal(code, 79);
      assert.equal(fields.refused, "exists");
      assert.equal(read("file"), "theirs\n");
      assert.deepEqual(ledger(), []);
    });

    it("adopts when told to, and gives the original back", () => {
      fs.writeFileSync(at("file"), "theirs\n", { mode: 0o604 });
      assert.equal(apply("ours\n", { adopt: true }).code, 0);
      assert.equal(read("file"), "ours\n");
      apply("ours again\n", { known: true });
      assert.equal(release().fields.released, "1");
      assert.equal(read("file"), "theirs\n");
      assert.equal(mode("file"), "604");
      assert.deepEqual(ledger(), []);
    });

    it("keeps the original when an adoption was cut short before it had", () => {
      fs.writeFileSync(at("file"), "theirs\n");
      const cut = { ...write(), adopting: "kill -KILL $$" };
      assert.equal(
        script(renderChange(cut, { ...claim, adopt: true }), { content: "" }).signal,
        "SIGKILL",
      );
      assert.match(entry(), /\nstate adopting\n/);
      assert.equal(apply("ours\n", { adopt: true }).code, 0);
      release();
      assert.equal(read("file"), "theirs\n");
    });

    it("recognises what a run made that was cut short, although Pulumi's state does not", () => {
      const cut = { ...write(), text: `${write().text}\nkill -KILL $$; sleep 1` };
      assert.equal(script(renderChange(cut, claim), { content: "one\n" }).signal, "SIGKILL");
      assert.equal(read("file"), "one\n");
      assert.match(entry(), /\nstate pending\n/);
      assert.equal(apply("one\n").code, 0);
      assert.match(entry(), /\nstate done\n/);
    });

    it("frees the name when nothing came of a change", () => {
      const { code, stderr } = apply("bad\n", {}, "echo syntax error >&2; false");
      assert.equal(code, 65);
      assert.equal(stderr, "syntax error\n");
      assert.ok(!fs.existsSync(at("file")));
      assert.deepEqual(ledger(), []);
    });

    it("puts the old file back when the service refuses the new one", () => {
      apply("good\n", {}, "true");
      const { stderr } = apply(
        "bad\n",
        { known: true },
        `grep -q good ${at("file")} || { echo no good; exit 3; }`,
      );
      assert.equal(stderr, "no good\n");
      assert.equal(read("file"), "good\n");
      assert.equal(mode("file"), "640");
    });

    it("puts the old file back when it is ended while the service judges", () => {
      apply("good\n");
      const { code } = apply("bad\n", { known: true }, "kill -TERM $PPID; sleep 1; true");
      assert.notEqual(code, 0);
      assert.equal(read("file"), "good\n");
    });

    it("never follows a symbolic link", () => {
      fs.writeFileSync(at("target"), "theirs\n");
      fs.symlinkSync(at("target"), at("file"));
      assert.match(apply("ours\n", { adopt: true }).stderr, /is not a regular file|symbolic link/);
      assert.equal(read("target"), "theirs\n");
    });

    it("refuses what another resource or stack owns", () => {
      apply("one\n");
      const other = { urn: "urn:pulumi:dev::lab::labwright:host:File::other" };
      const stranger = { urn: "urn:pulumi:prod::lab::labwright:host:File::a b" };
      for (const about of [
        other,
        stranger,
        { ...stranger, adopt: true },
        { ...stranger, known: true },
      ]) {
        const { code, fields } = apply("two\n", about);
        assert.equal(code, 79, JSON.stringify(about));
        assert.equal(fields.refused, "owned");
        assert.equal(decodeURIComponent(fields.owner!), claim.urn);
      }
      assert.equal(read("file"), "one\n");
    });

    it("does not delete what another resource took over", () => {
      apply("one\n");
      const other = { urn: "urn:pulumi:dev::lab::labwright:host:File::other" };
      assert.equal(apply("two\n", { ...other, adopt: true }).code, 0);
      assert.equal(release().fields.released, "0");
      assert.equal(read("file"), "two\n");
      assert.equal(release(other).fields.released, "1");
    });

    it("deletes what it owned under a former name", () => {
      apply("one\n");
      assert.equal(
        release({ urn: "urn:pulumi:dev::lab::labwright:host:File::renamed" }).fields.released,
        "1",
      );
      assert.ok(!fs.existsSync(at("file")));
    });

    it("is fine with deleting what is gone", () => {
      assert.equal(release().code, 0);
    });

    it("counts generations of a service, and wants a reload only for what was changed", () => {
      const activate = { service: "web.service", how: "reload" } as const;
      const change = (content: string) =>
        script(renderChange({ ...write(), activate }, { ...claim, known: true }), { content });
      assert.equal(change("one\n").fields.generation, "1");
      assert.equal(change("one\n").fields.generation, "1", "not covered yet");
      const stubs = "service_reload() { field reloaded 1; }; service_running() { true; }";
      const reload = (generation: number) =>
        script(`${stubs}\nlock web\nactivate web.service web reload ${generation} 0`).fields;
      assert.deepEqual(reload(1), { reloaded: "1", activated: "reload" });
      assert.deepEqual(reload(1), { activated: "covered" });
      assert.equal(change("one\n").fields.generation, undefined);
      assert.equal(change("two\n").fields.generation, "2");
    });

    it("makes directories, and keeps one that is not empty", () => {
      script(`make_directory ${at("a/b/c")} ${user} ${group} 1750`);
      assert.equal(mode("a/b/c"), "1750");
      assert.equal(mode("a/b"), "755");
      script(`make_directory ${at("a/b/c")} ${user} ${group} 0700`);
      assert.equal(mode("a/b/c"), "700");
      fs.writeFileSync(at("a/b/c/f"), "");
      const vars = `adopted=0 key=k`;
      assert.equal(script(`${vars}; remove_directory ${at("a/b/c")} 0`).fields.left, "full");
      script(`${vars}; remove_directory ${at("a/b/c")} 1`);
      assert.ok(!fs.existsSync(at("a/b/c")));
    });

    it("lets one change of a service in at a time", () => {
      const busy = `lock x; if ! mkdir ${at("busy")}; then field clash 1; fi; sleep 0.2; rmdir ${at("busy")}`;
      const { script: text, input } = renderScript({ text: busy });
      for (const id of ["p", "q", "r"]) {
        fs.writeFileSync(at(`${id}.sh`), text);
        fs.writeFileSync(at(`${id}.in`), input);
      }
      const one = (id: string) => `${shell.join(" ")} ${at(`${id}.sh`)} ${root} ${id}`;
      const { stdout } = spawnSync("sh", ["-c", `${one("p")} & ${one("q")} & ${one("r")} & wait`]);
      assert.equal(stdout.toString(), "");
    });
  });
}
