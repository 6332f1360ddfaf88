import assert from "node:assert/strict";
import * as fs from "node:fs";

import { renderChange, renderRelease } from "../../../../provider/apply/change-script";
import { refusal } from "../../../../provider/apply/errors";
import { type Claim } from "../../../../provider/apply/ownership";
import type { Change } from "../../../../provider/kind";
import { ScriptRuns, shells } from "./script-runs";

for (const shell of shells) {
  describe(`a thing that stacks share, in ${shell.join(" ")}`, () => {
    let run: ScriptRuns;
    beforeEach(() => (run = new ScriptRuns(shell)));
    afterEach(() => run.remove());

    const claimOf = (stack: string, about: Partial<Claim> = {}): Claim => ({
      urn: `urn:pulumi:${stack}::lab::labwright:host:Package::nginx of ${stack}`,
      kind: "labwright:host:Package",
      physical: "nginx",
      known: false,
      adopt: false,
      digest: `digest-of-${stack}`,
      ...about,
    });
    const known = { known: true };
    /** Installs the package: a file that is there. */
    const apply = (stack: string, about: Partial<Claim> = {}, change: Partial<Change> = {}) =>
      run.script(
        renderChange(
          {
            step: "install",
            text: `[ -e ${run.at("nginx")} ] || : >${run.at("nginx")}`,
            exists: `[ -e ${run.at("nginx")} ]`,
            shared: true,
            ...change,
          },
          claimOf(stack, about),
        ),
      );
    const release = (stack: string, about: Partial<Claim> = {}, text?: string) =>
      run.script(
        renderRelease(
          { step: "remove", text: text ?? `[ "$adopted" = 1 ] || rm -f ${run.at("nginx")}` },
          claimOf(stack, { known: true, ...about }),
        ),
      );
    const installed = () => fs.existsSync(run.at("nginx"));
    /** Stacks in the ledger's entry, the one that applied last first. */
    const owners = () =>
      run.ledger().length === 0
        ? []
        : [...run.entry().matchAll(/^(?:stack|also) (\S+)/gm)].map(([, stack]) =>
            decodeURIComponent(stack!).replace("lab/", ""),
          );
    const state = () => /^state (.*)$/m.exec(run.entry())![1];

    it("has every stack in the ledger, and goes with the last one", () => {
      for (const stack of ["home", "apps", "games"]) {
        const { code, stderr } = apply(stack);
        assert.deepEqual([code, stderr], [0, ""]);
      }
      assert.deepEqual(owners(), ["games", "apps", "home"]);
      const left = release("home");
      assert.deepEqual(left.fields, { released: "0", owner: "lab%2Fgames" });
      assert.deepEqual([owners(), installed()], [["games", "apps"], true]);
      assert.equal(release("games").fields.owner, "lab%2Fapps");
      assert.deepEqual([owners(), installed()], [["apps"], true]);
      assert.equal(release("apps").fields.released, "1");
      assert.deepEqual([run.ledger(), installed()], [[], false]);
    });

    it("is repaired by either stack, and both stay its owners", () => {
      apply("home");
      apply("apps");
      for (const stack of ["home", "apps", "home"]) {
        fs.rmSync(run.at("nginx"));
        assert.equal(apply(stack, known).code, 0);
        assert.ok(installed());
        assert.equal(owners()[0], stack);
        assert.equal(owners().length, 2);
        assert.equal(state(), "done");
      }
      assert.match(run.entry(), /^digest digest-of-home$/m);
      assert.match(run.entry(), /^also lab%2Fapps urn\S+ digest-of-apps $/m);
    });

    it("leaves what was there before any of them, whoever goes last", () => {
      fs.writeFileSync(run.at("nginx"), "");
      apply("home");
      apply("apps");
      release("home");
      assert.equal(release("apps").fields.released, "1");
      assert.deepEqual([run.ledger(), installed()], [[], true]);
    });

    it("is released by a stack again that released it before, without effect", () => {
      apply("home");
      apply("apps");
      release("apps");
      assert.deepEqual(release("apps").fields, { released: "0" });
      assert.deepEqual([owners(), installed()], [["home"], true]);
    });

    it("belongs to one resource of a stack: a second is refused, a renamed one takes its place", () => {
      apply("home");
      apply("apps");
      const renamed = { urn: "urn:pulumi:home::lab::labwright:host:Package::web" };
      const refused = apply("home", renamed);
      assert.deepEqual([refused.code, refused.fields.refused], [79, "owned"]);
      assert.equal(decodeURIComponent(refused.fields.owner!), claimOf("home").urn);
      assert.equal(apply("home", { ...renamed, ...known }).code, 0);
      assert.deepEqual(owners(), ["home", "apps"]);
      assert.equal(release("home").fields.released, "0", "its old name");
      assert.deepEqual(owners(), ["home", "apps"]);
      assert.equal(release("home", renamed).fields.owner, "lab%2Fapps");
      assert.deepEqual(owners(), ["apps"]);
    });

    it("follows a stack to its new name with adopt, and joins without", () => {
      const renamed = { urn: claimOf("home").urn.replace("home", "house"), known: true };
      apply("home");
      apply("apps");
      assert.equal(apply("home", { ...renamed, adopt: true }).code, 0);
      assert.deepEqual(owners(), ["house", "apps"]);
      // A stack with the same program stays an owner beside it.
      apply("home", known);
      assert.equal(apply("home", { ...renamed, adopt: true }).code, 0);
      assert.deepEqual(owners().sort(), ["apps", "home", "house"]);
    });

    it("is refused to a stack that wants it otherwise, in words, unless it says adopt", () => {
      const wants = (words: string) => ({ wants: words });
      apply("home", {}, wants("version 1.2"));
      apply("games", {}, wants(""));
      const before = run.entry();
      const refused = apply("apps", {}, wants("version 3"));
      assert.deepEqual([refused.code, refused.fields.refused], [79, "wants"]);
      assert.equal(run.entry(), before);
      const host = { address: "10.77.0.9", port: 22, user: "root", hostKey: "" };
      assert.equal(
        refusal(refused.fields, claimOf("apps"), host).message,
        `nginx on root@10.77.0.9 is shared with ${claimOf("home").urn} of another stack, which wants it otherwise: ` +
          "version 1.2; say the same in both, or set adopt: true here for one update and change the other after it",
      );
      assert.equal(apply("apps", {}, wants("version 1.2")).code, 0);
      assert.equal(apply("apps", known, wants("version 3")).fields.refused, "wants");
      assert.equal(apply("apps", { ...known, adopt: true }, wants("version 3")).code, 0);
      assert.equal(apply("home", known, wants("version 1.2")).fields.refused, "wants");
      assert.equal(apply("home", known, wants("version 3")).code, 0);
    });

    it("stays the others' when nothing comes of a stack's change", () => {
      apply("home");
      const failed = apply("apps", {}, { text: "echo no >&2; false" });
      assert.deepEqual([failed.code, failed.stderr], [1, "no\n"]);
      assert.deepEqual([owners(), state()], [["home"], "pending"]);
      assert.match(run.entry(), /^digest digest-of-home$/m);
      // An update that fails leaves an owner what it was.
      apply("apps");
      apply("apps", known, { text: "false" });
      assert.deepEqual(owners(), ["apps", "home"]);
      apply("home", known);
      assert.equal(state(), "done");
    });

    it("is finished by either stack when a change was cut short", () => {
      apply("home");
      fs.rmSync(run.at("nginx"));
      const cut = { text: "kill -KILL $$; sleep 1" };
      assert.equal(apply("apps", {}, cut).signal, "SIGKILL");
      assert.deepEqual([owners(), state()], [["apps", "home"], "pending"]);
      assert.equal(apply("home", known).code, 0);
      assert.deepEqual([owners(), state(), installed()], [["home", "apps"], "done", true]);
      assert.equal(apply("apps").code, 0);
      assert.deepEqual([owners(), state()], [["apps", "home"], "done"]);
    });

    it("is one's own again when the last removal was cut short", () => {
      apply("home");
      apply("apps");
      release("home");
      assert.equal(release("apps", {}, "kill -KILL $$; sleep 1").signal, "SIGKILL");
      assert.deepEqual([owners(), state()], [["apps"], "pending"]);
      assert.equal(apply("home").code, 0);
      assert.deepEqual([owners(), installed()], [["home", "apps"], true]);
    });

    it("is not shared where a kind does not say so", () => {
      apply("home", {}, { shared: false });
      for (const about of [{}, known, { adopt: true }])
        assert.equal(apply("apps", about, { shared: false }).fields.refused, "owned");
      assert.equal(apply("apps", { ...known, adopt: true }, { shared: false }).code, 0);
      assert.deepEqual(owners(), ["apps"]);
      assert.equal(release("home").fields.released, "0");
    });
  });
}
