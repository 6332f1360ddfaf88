import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { command } from "../../support/machine";
import { Project } from "../../support/project";
import { assertNoChange, destroy, refresh, up } from "./lab-project";

interface Keys {
  publicKey: string;
  privateKey: string;
  fingerprint: string;
}

describe("ssh:HostKey, made by ssh-keygen on our side", function () {
  const program = (comment?: string) => `import { ssh } from "labwright/resources";
const key = new ssh.HostKey("key", ${JSON.stringify(comment === undefined ? {} : { comment })});
const other = new ssh.HostKey("other", { comment: "other" });
export const { publicKey, privateKey, fingerprint } = key;
export const otherKey = other.publicKey;
`;
  const project = new Project("kinds-host-key", program("netvm1"));
  const folder = mkdtempSync(path.join(tmpdir(), "labwright-host-key-"));
  const leftovers = () =>
    [tmpdir(), "/dev/shm"].flatMap((at) =>
      readdirSync(at).filter((name) => /labwright-key/.test(name)),
    );

  before(() => project.init());
  after(async () => {
    rmSync(folder, { recursive: true });
    await project.remove();
  });

  it("makes a pair that belongs together, another one for each resource, and leaves no file behind", async () => {
    const before = leftovers();
    assert.deepEqual(await up(project), { create: ["key", "other"] });
    assert.deepEqual(leftovers(), before);
    const keys = (await project.outputs()) as unknown as Keys & { otherKey: string };
    assert.match(keys.publicKey, /^ssh-ed25519 \S+ netvm1$/);
    assert.notEqual(keys.publicKey, keys.otherKey);
    const file = path.join(folder, "key");
    writeFileSync(file, keys.privateKey, { mode: 0o600 });
    assert.equal((await command("ssh-keygen", "-y", "-f", file)).trim(), keys.publicKey);
    assert.ok((await command("ssh-keygen", "-l", "-f", file)).includes(` ${keys.fingerprint} `));
  });

  it("keeps the private key out of the plain state and of all output", async () => {
    const { privateKey } = (await project.outputs()) as unknown as Keys;
    const line = privateKey.split("\n")[2]!;
    const run = await project.up("--diff");
    assert.ok(!run.output.includes(line) && !run.output.includes("BEGIN OPENSSH"));
    const state = await project.exportState();
    assert.ok(!state.includes(line) && !state.includes("BEGIN OPENSSH"));
  });

  it("stays as it is, and is made anew for another comment", async () => {
    await assertNoChange(project);
    assert.deepEqual(await refresh(project), {});
    const { publicKey } = (await project.outputs()) as unknown as Keys;
    project.write(program());
    assert.deepEqual((await up(project))["create-replacement"], ["key"]);
    const after = (await project.outputs()) as unknown as Keys;
    assert.match(after.publicKey, /^ssh-ed25519 \S+$/);
    assert.notEqual(after.publicKey.split(" ")[1], publicKey.split(" ")[1]);
    await assertNoChange(project);
  });

  it("is deleted and made a second time", async () => {
    assert.deepEqual(await destroy(project), { delete: ["key", "other"] });
    assert.deepEqual(await up(project), { create: ["key", "other"] });
    await destroy(project);
  });
});
