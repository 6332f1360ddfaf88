import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { cliOnPath, isSuitable, onPath, pluginOnPath } from "../../../engine/path-lookup";

describe("isSuitable()", () => {
  const table: [string, boolean][] = [
    ["3.248.0", true],
    ["3.248.1", true],
    ["3.300.0-alpha.1", true],
    ["3.247.9", false],
    ["3.99.0", false],
    ["2.999.0", false],
    ["4.0.0", false],
    ["nonsense", false],
  ];
  for (const [version, expected] of table) {
    it(`${expected ? "takes" : "refuses"} ${version} where 3.248.0 is needed`, () => {
      assert.equal(isSuitable(version, "3.248.0"), expected);
    });
  }
});

describe("looking on PATH", () => {
  const saved = { ...process.env };
  let scratch: string;

  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), "path-"));
    process.env.XDG_CACHE_HOME = join(scratch, "cache");
    process.env.PULUMI_HOME = join(scratch, "home");
  });
  afterEach(async () => {
    process.env = { ...saved };
    await rm(scratch, { recursive: true });
  });

  async function script(folder: string, name: string, prints: string): Promise<string> {
    await mkdir(join(scratch, folder), { recursive: true });
    const file = join(scratch, folder, name);
    await writeFile(file, `#!/bin/sh\necho "${prints}"\n`, { mode: 0o755 });
    return file;
  }
  const path = (...folders: string[]): void => {
    process.env.PATH = [...folders.map((folder) => join(scratch, folder)), "/bin"].join(":");
  };

  it("passes over an old CLI and one without its language host", async () => {
    await script("old", "pulumi", "v3.100.0");
    const bare = await script("bare", "pulumi", "v3.260.0");
    path("old", "bare");
    await assert.rejects(
      cliOnPath(),
      new RegExp(
        `old/pulumi is 3.100.0, 3.248.0 or a later 3.x is needed; ${bare} is there without`,
      ),
    );
    await script("whole", "pulumi-language-nodejs", "");
    const whole = await script("whole", "pulumi", "v3.260.0");
    path("old", "whole");
    assert.deepEqual(await cliOnPath(), { pulumi: whole, version: "3.260.0" });
  });

  it("takes no engine of its own cache for one on PATH", async () => {
    await script("cache/labwright/engine/key/bin", "pulumi", "v3.260.0");
    path("cache/labwright/engine/key/bin");
    assert.deepEqual(onPath("pulumi"), []);
  });

  it("takes a plugin of exactly the version, installed or on PATH", async () => {
    const plugin = { name: "lamp", version: "1.2.3" };
    await script("bin", "pulumi-resource-lamp", "1.2.4");
    path("bin");
    await assert.rejects(pluginOnPath(plugin), /lamp 1\.2\.3 is neither in/);
    const exact = await script("bin", "pulumi-resource-lamp", "v1.2.3");
    assert.equal(await pluginOnPath(plugin), exact);
    const installed = "home/plugins/resource-lamp-v1.2.3";
    const own = await script(installed, "pulumi-resource-lamp", "");
    assert.equal(await pluginOnPath(plugin), own);
    // Pulumi's mark for an installation that was interrupted.
    await writeFile(join(scratch, `${installed}.partial`), "");
    assert.equal(await pluginOnPath(plugin), exact);
  });
});
