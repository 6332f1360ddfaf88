import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ensureWrapper, languageHostWrapper, renderWrapper } from "../../../engine/node-wrapper";

describe("a wrapper in the cache", () => {
  let scratch: string;
  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), "wrapper-"));
  });
  afterEach(() => rm(scratch, { recursive: true }));

  const run = (wrapper: string, env = {}): string =>
    execFileSync(wrapper, ["a b"], { env: { ...process.env, ...env } }).toString();

  it("starts a script at any path, with its arguments", async () => {
    const folder = join(scratch, `it's "here" $HOME \`x\``);
    await mkdir(folder);
    const script = join(folder, "main.js");
    await writeFile(script, "console.log(JSON.stringify(process.argv.slice(2)))");
    const wrapper = join(scratch, "wrapper");
    await writeFile(
      wrapper,
      renderWrapper({ comment: "a test", script, args: ["it's"], variable: "OTHER_SCRIPT" }),
      { mode: 0o755 },
    );
    assert.equal(run(wrapper), '["it\'s","a b"]\n');

    const other = join(scratch, "other.js");
    await writeFile(other, "console.log('other')");
    assert.equal(run(wrapper, { OTHER_SCRIPT: other }), "other\n");
  });

  it("stays as long as its script is there, and is written again when it has gone", async () => {
    const script = join(scratch, "main.js");
    await writeFile(script, "console.log('first')");
    const wrapper = join(scratch, "pulumi-language-nodejs");
    await writeFile(wrapper, renderWrapper({ comment: "a test", script }), { mode: 0o755 });
    await ensureWrapper(wrapper, languageHostWrapper);
    assert.equal(run(wrapper), "first\n");
    await rm(script);
    await ensureWrapper(wrapper, languageHostWrapper);
    assert.match(execFileSync("cat", [wrapper]).toString(), /engine\/language-host\/main\.js/);
  });
});
