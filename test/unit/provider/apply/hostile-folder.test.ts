import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";

import { ScriptRuns, shells } from "./script-runs";

const user = os.userInfo().username;
const group = spawnSync("id", ["-gn"]).stdout.toString().trim();
/** Some user who is not us; only root can give things away. */
const STRANGER = 12345;

for (const shell of shells) {
  describe(`files in folders of others, in ${shell.join(" ")}`, () => {
    let run: ScriptRuns;
    beforeEach(() => {
      run = new ScriptRuns(shell);
      for (const name of ["home", "secret"]) fs.mkdirSync(run.at(name));
    });
    afterEach(() => run.remove());

    const write = (name: string, content = "ours\n") =>
      run.script(`write_file ${run.at(name)} ${user} ${group} 0644 "$in/content"`, { content });

    it("takes a name of 255 bytes", () => {
      const name = `home/${"n".repeat(255)}`;
      assert.equal(write(name).stderr, "");
      assert.equal(run.read(name), "ours\n");
      assert.equal(fs.readdirSync(run.at("home")).length, 1);
    });

    it("takes a name that begins with a dash, and one with a space", () => {
      for (const name of ["-rf", "a b"]) {
        const text = `write_file ${run.at("home")}/'${name}' ${user} ${group} 0644 "$in/content"
remove_file ${run.at("home")}/'${name}'
make_directory ${run.at("home")}/'${name}' ${user} ${group} 0755
adopted=0 key=k
remove_directory ${run.at("home")}/'${name}' 1`;
        assert.equal(run.script(text, { content: "x" }).stderr, "", name);
        assert.deepEqual(fs.readdirSync(run.at("home")), []);
      }
    });

    it("never writes through a link laid where the new file is made", () => {
      fs.symlinkSync(run.at("secret"), run.at("home/.labwright.file"));
      assert.notEqual(write("home/file").code, 0);
      assert.deepEqual(fs.readdirSync(run.at("secret")), []);
      assert.ok(!fs.existsSync(run.at("home/file")));
    });

    it("refuses a FIFO at once instead of waiting for its writer", () => {
      assert.equal(spawnSync("mkfifo", [run.at("home/file")]).status, 0);
      assert.match(write("home/file").stderr, /is not a regular file: take it away first/);
    });

    describe("where a user of the host laid a link", () => {
      beforeEach(function () {
        if (process.getuid!() !== 0) this.skip();
        fs.chownSync(run.at("home"), STRANGER, STRANGER);
        fs.symlinkSync("../secret", run.at("home/.ssh"));
        fs.lchownSync(run.at("home/.ssh"), STRANGER, STRANGER);
        fs.writeFileSync(run.at("secret/keys"), "root's\n");
      });

      it("nothing is written behind it", () => {
        const { code, stderr } = write("home/.ssh/keys");
        assert.equal(code, 1);
        assert.match(stderr, /leads over a symbolic link to .*\/secret, and .* is not root's/);
        assert.equal(run.read("secret/keys"), "root's\n");
      });

      it("nothing is deleted behind it", () => {
        const { code } = run.script(`remove_file ${run.at("home/.ssh/keys")}`);
        assert.equal(code, 1);
        assert.ok(fs.existsSync(run.at("secret/keys")));
        run.script(`adopted=0 key=k\nremove_directory ${run.at("home/.ssh/more")} 1`);
        assert.ok(fs.existsSync(run.at("secret/keys")));
      });

      it("no directory gets another owner behind it", () => {
        fs.mkdirSync(run.at("secret/more"), { mode: 0o700 });
        const { code } = run.script(
          `make_directory ${run.at("home/.ssh/more")} daemon daemon 0777`,
        );
        assert.equal(code, 1);
        assert.equal(fs.statSync(run.at("secret/more")).uid, 0);
      });
    });

    it("follows a link that root laid", () => {
      if (process.getuid!() !== 0) return;
      fs.symlinkSync("secret", run.at("link"));
      fs.chmodSync(run.root, 0o755);
      assert.equal(write("link/file").stderr, "");
      assert.equal(run.read("secret/file"), "ours\n");
    });

    it("does not empty a folder below which something is mounted, also with a space in its name", function () {
      if (process.getuid!() !== 0) this.skip();
      const text = `mkdir -p ${run.at("home")}/'a b'/data
echo kept >${run.at("secret")}/file
mount --bind ${run.at("secret")} ${run.at("home")}/'a b'/data || { field skipped 1; exit 0; }
adopted=0 key=k
(remove_directory ${run.at("home")}/'a b' 1) || field refused 1
umount ${run.at("home")}/'a b'/data`;
      const { fields } = run.script(text);
      if (fields.skipped) this.skip();
      assert.equal(fields.refused, "1");
      assert.equal(run.read("secret/file"), "kept\n");
    });
  });
}
