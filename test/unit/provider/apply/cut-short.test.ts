import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";

import { renderChange, renderRelease } from "../../../../provider/apply/change-script";
import type { Claim } from "../../../../provider/apply/ownership";
import { ScriptRuns, shells } from "./script-runs";

const user = os.userInfo().username;
const group = spawnSync("id", ["-gn"]).stdout.toString().trim();
/** A judge at whose first word the host loses power: nothing of the run is left to clean up. */
const POWER_CUT = "kill -KILL $MAIN $PPID $$; sleep 9";

for (const shell of shells) {
  describe(`changes cut short, in ${shell.join(" ")}`, () => {
    let run: ScriptRuns;
    beforeEach(() => (run = new ScriptRuns(shell)));
    afterEach(() => run.remove());

    const claimOf = (name: string): Claim => ({
      urn: `urn:pulumi:dev::lab::labwright:host:File::${name}`,
      kind: "labwright:host:File",
      physical: run.at(name),
      known: false,
      adopt: false,
      digest: "same",
    });
    const activate = { service: "web", how: "reload" } as const;
    function write(name: string, content: string, check: string, about: Partial<Claim> = {}) {
      const target = run.at(name);
      const text = `export MAIN=$$
write_file ${target} ${user} ${group} 0640 "$in/content" "$in/check"`;
      const exists = `[ -e ${target} ]`;
      const change = { step: "write", text, exists, lock: "web", activate };
      return run.script(renderChange(change, { ...claimOf(name), ...about }), { content, check });
    }
    const files = () => fs.readdirSync(run.root).filter((name) => /^\.|^(a|b)$/.test(name));

    it("the next change of the service puts back a file that was never judged", () => {
      write("a", "good\n", "true");
      assert.equal(write("a", "bad\n", POWER_CUT, { known: true }).signal, "SIGKILL");
      assert.equal(run.read("a"), "bad\n");
      assert.equal(write("b", "b\n", `grep -q good ${run.at("a")}`).stderr, "");
      assert.equal(run.read("a"), "good\n");
      assert.deepEqual(files(), ["a", "b"]);
      assert.deepEqual(fs.readdirSync(run.at("state/judging")), []);
    });

    it("a new file that was never judged is taken away again", () => {
      assert.equal(write("a", "bad\n", POWER_CUT).signal, "SIGKILL");
      assert.equal(run.read("a"), "bad\n");
      assert.equal(write("b", "b\n", "true").code, 0);
      assert.deepEqual(files(), ["b"]);
    });

    it("the same change is judged again, and refused", () => {
      assert.equal(write("a", "bad\n", POWER_CUT).signal, "SIGKILL");
      assert.equal(write("a", "bad\n", "echo no >&2; false").stderr, "no\n");
      assert.deepEqual(files(), []);
      assert.deepEqual(run.ledger(), []);
    });

    it("a repair by hand's inputs is reloaded by the next run, although nothing is left to write", () => {
      write("a", "good\n", "true");
      run.script(
        "lock web; service_running() { true; }; service_reload() { :; }\nactivate web web reload 1 0",
      );
      fs.writeFileSync(run.at("a"), "by hand\n");
      assert.equal(
        write("a", "good\n", "kill -KILL $MAIN; sleep 1", { known: true }).signal,
        "SIGKILL",
      );
      assert.match(run.entry(), /\nstate pending\n/);
      assert.equal(write("a", "good\n", "true", { known: true }).fields.generation, "2");
    });

    it("a removal cut short before its reload is reloaded by the next run", () => {
      const remove = (text: string) =>
        run.script(
          renderRelease(
            { step: "remove", text, lock: "web", activate },
            { ...claimOf("a"), known: true },
          ),
        );
      write("a", "good\n", "true");
      const away = `remove_file ${run.at("a")}`;
      assert.equal(remove(`${away}; kill -KILL $$; sleep 1`).signal, "SIGKILL");
      assert.deepEqual(files(), []);
      assert.equal(remove(away).fields.generation, "2");
      assert.deepEqual(run.ledger(), []);
    });
  });
}
