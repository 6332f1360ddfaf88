import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { sandboxAt } from "../../../sandbox/lab/sandbox";
import { ensureUserKnownHosts, forgetUserKnownHosts } from "../../../sandbox/lab/user-known-hosts";

describe("the user's known_hosts", () => {
  let home: string;
  const sandbox = () => sandboxAt(path.join(home, "sandbox"));
  beforeEach(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), "labwright-home-"));
    fs.mkdirSync(sandbox().dir);
  });
  afterEach(() => {
    fs.rmSync(home, { recursive: true });
  });

  it("is made where there is none, and gone after the sandbox", () => {
    const file = ensureUserKnownHosts(sandbox(), home);
    assert.equal(fs.readFileSync(file, "utf8"), "");
    ensureUserKnownHosts(sandbox(), home);
    forgetUserKnownHosts(sandbox());
    assert.deepEqual(fs.readdirSync(home), ["sandbox"]);
  });

  it("stays when the user has put something into it", () => {
    const file = ensureUserKnownHosts(sandbox(), home);
    fs.writeFileSync(file, "host ssh-ed25519 AAAA\n");
    forgetUserKnownHosts(sandbox());
    assert.equal(fs.readFileSync(file, "utf8"), "host ssh-ed25519 AAAA\n");
  });

  it("stays when it was there before", () => {
    fs.mkdirSync(path.join(home, ".ssh"));
    fs.writeFileSync(path.join(home, ".ssh/known_hosts"), "");
    const file = ensureUserKnownHosts(sandbox(), home);
    forgetUserKnownHosts(sandbox());
    assert.ok(fs.existsSync(file));
  });
});
