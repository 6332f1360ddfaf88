import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { ensureEngine, streamProgress, type Engine } from "../../../engine";
import { TinyProject } from "./tiny-project";

const up = ["up", "--yes", "--skip-preview"];
const program = (length: number): string => `
  import * as random from "@pulumi/random";
  const password = new random.RandomPassword("password", { length: ${length}, special: false });
  const id = new random.RandomId("id", { byteLength: 4, keepers: { password: password.id } });
  new random.RandomString("name", { length: 8, upper: false });
  export const secret = password.result;
  export const hex = id.hex;
`;

describe("the random plugin", function () {
  this.timeout("30m");
  let engine: Engine;
  let project: TinyProject;
  let first: { secret: string; hex: string };

  const outputs = async (): Promise<typeof first> =>
    JSON.parse(await project.must("stack", "output", "--json", "--show-secrets")) as typeof first;

  before(async () => {
    engine = await ensureEngine(streamProgress());
    project = new TinyProject(engine);
    await project.must("stack", "init", "dev");
  });
  after(() => {
    project.remove();
  });

  it("draws values once and keeps them", async () => {
    project.write("index.ts", program(20));
    const preview = await project.must("preview");
    assert.match(preview, /\+ 4 to create/);
    const created = await project.must(...up);
    first = await outputs();
    assert.match(first.secret, /^[a-zA-Z0-9]{20}$/);
    assert.match(first.hex, /^[0-9a-f]{8}$/);
    assert.ok(!created.includes(first.secret));
    const again = await project.must(...up, "--refresh", "--expect-no-changes");
    assert.match(again, /4 unchanged/);
    assert.deepEqual(await outputs(), first);
  });

  it("draws again when an input changes, for that resource alone", async () => {
    project.write("index.ts", program(21));
    assert.match(await project.must(...up), /\+-1 replaced\n[^]*3 unchanged/);
    const { secret, hex } = await outputs();
    assert.equal(secret.length, 21);
    assert.notEqual(secret.slice(0, 20), first.secret);
    assert.equal(hex, first.hex);
  });

  it("keeps passwords encrypted in the state", async () => {
    const { secret } = await outputs();
    const folder = join(project.folder, "state");
    const files = readdirSync(folder, { recursive: true, withFileTypes: true });
    let read = 0;
    for (const file of files.filter((entry) => entry.isFile())) {
      const text = readFileSync(join(file.parentPath, file.name), "utf8");
      assert.ok(!text.includes(secret) && !text.includes(first.secret), file.name);
      read += 1;
    }
    assert.ok(read > 1);
  });

  it("refuses wrong inputs before it makes anything, with all that is wrong", async () => {
    project.write(
      "index.ts",
      `import * as random from "@pulumi/random";
      new random.RandomPassword("password", { length: 0, minUpper: 3 });`,
    );
    const { code, output } = await project.run("preview");
    assert.notEqual(code, 0);
    assert.match(output, /length/);
    project.write("index.ts", "");
    await project.must("destroy", "--yes", "--skip-preview");
  });

  it("says what it has when it is a stand-in and is asked for something else", async function () {
    if (engine.parts.find(({ name }) => name === "random")!.source !== "stand-in") this.skip();
    project.write("index.ts", `import * as r from "@pulumi/random"; new r.RandomUuid("uuid");`);
    const { code, output } = await project.run(...up);
    assert.notEqual(code, 0);
    assert.match(
      output,
      /stand-in for the random plugin has no random:index\/randomUuid:RandomUuid/,
    );
  });
});
