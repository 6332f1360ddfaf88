import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { engineFolder, type EngineFolder } from "../../../engine/cache-folder";
import { ensureEngineBy } from "../../../engine/ensure-engine";
import { silentProgress } from "../../../engine/progress";
import { plugins, pulumiVersion } from "../../../engine/versions";
import type { Ways } from "../../../engine/ways";

const refuse = (why: string) => () => Promise.reject(new Error(why));

/** Ways on which nothing is open but what a test opens; every trial is written down. */
function fakeWays(open: Partial<Ways>): { ways: Ways; tried: string[] } {
  const tried: string[] = [];
  const closed: Ways = {
    cliOnPath: refuse("no CLI on PATH"),
    downloadCli: refuse("no network"),
    requireBuild: () => Promise.resolve(),
    buildCli: refuse("compiler says no"),
    pluginOnPath: refuse("no plugin on PATH"),
    downloadPlugin: refuse("no network"),
    buildPlugin: refuse("not a Go module"),
    writeStandIn: refuse("no stand-in"),
  };
  const chosen: Ways = { ...closed, ...open };
  const ways = Object.fromEntries(
    Object.entries(chosen).map(([name, run]) => [
      name,
      (...args: unknown[]) => {
        const plugin = args.find((arg) => typeof arg === "object") as { name: string } | undefined;
        tried.push(plugin ? `${name} ${plugin.name}` : name);
        return (run as (...args: unknown[]) => unknown)(...args);
      },
    ]),
  ) as unknown as Ways;
  return { ways, tried };
}

async function executable(folder: string, name: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), "#!/bin/sh\n", { mode: 0o755 });
  return join(folder, name);
}

const makeCli = async (into: string): Promise<void> => void (await executable(into, "pulumi"));
const makePlugin = async (plugin: { name: string }, into: string): Promise<void> =>
  void (await executable(into, `pulumi-resource-${plugin.name}`));

/** All that is open on a machine without releases. */
const building: Partial<Ways> = {
  buildCli: makeCli,
  buildPlugin: makePlugin,
  writeStandIn: makePlugin,
};
const first = plugins.find(({ goModule }) => goModule !== undefined)!;
const other = plugins.find(({ standIn }) => standIn)!;

describe("ensureEngine()", () => {
  let scratch: string;
  let folder: EngineFolder;

  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), "engine-"));
    folder = engineFolder(join(scratch, "key"));
  });
  afterEach(() => rm(scratch, { recursive: true }));

  it("prefers what is on PATH and downloads or builds nothing then", async () => {
    const pulumi = await executable(join(scratch, "usr"), "pulumi");
    const { ways, tried } = fakeWays({
      cliOnPath: () => Promise.resolve({ pulumi, version: "3.300.0" }),
      pluginOnPath: ({ name }) => executable(join(scratch, "usr"), `pulumi-resource-${name}`),
    });
    const engine = await ensureEngineBy(ways, folder, silentProgress);
    assert.equal(engine.pulumi, pulumi);
    assert.equal(engine.binDir, join(scratch, "usr"));
    assert.deepEqual(
      engine.parts.map(({ source }) => source),
      engine.parts.map(() => "path"),
    );
    assert.deepEqual(tried, ["cliOnPath", ...plugins.map(({ name }) => `pluginOnPath ${name}`)]);
    assert.equal(engine.env.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION, undefined);
  });

  it("downloads before it builds", async () => {
    const { ways, tried } = fakeWays({
      downloadCli: makeCli,
      downloadPlugin: async (_pulumi, plugin, home) => {
        const at = join(home, "plugins", plugin.name);
        await makePlugin(plugin, at);
        return at;
      },
    });
    const engine = await ensureEngineBy(ways, folder, silentProgress);
    assert.deepEqual(
      engine.parts.map(({ source }) => source),
      engine.parts.map(() => "download"),
    );
    assert.ok(!tried.some((name) => name.startsWith("build") || name.startsWith("require")));
  });

  it("builds where nothing can be downloaded, with its own language host beside the CLI", async () => {
    const { ways, tried } = fakeWays(building);
    const engine = await ensureEngineBy(ways, folder, silentProgress);
    assert.deepEqual(
      engine.parts.slice(0, 3).map(({ name, source }) => [name, source]),
      [
        ["pulumi", "built"],
        ["nodejs language host", "own"],
        [first.name, "built"],
      ],
    );
    assert.ok(existsSync(join(engine.binDir, "pulumi-language-nodejs")));
    assert.equal(engine.env.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION, "1");
    assert.deepEqual(tried.slice(0, 4), ["cliOnPath", "downloadCli", "requireBuild", "buildCli"]);
  });

  it("uses a stand-in only when a plugin can be had in no other way, and says so", async () => {
    const { ways, tried } = fakeWays(building);
    const engine = await ensureEngineBy(ways, folder, silentProgress);
    assert.equal(engine.parts.find(({ name }) => name === other.name)!.source, "stand-in");
    const order = [...new Set(tried.filter((name) => name.endsWith(` ${other.name}`)))];
    assert.deepEqual(
      order.map((name) => name.split(" ")[0]),
      ["pluginOnPath", "downloadPlugin", "writeStandIn"],
    );
  });

  it("tries nothing again once all is in the cache", async () => {
    const before = await ensureEngineBy(fakeWays(building).ways, folder, silentProgress);
    const { ways, tried } = fakeWays({ writeStandIn: makePlugin });
    const after = await ensureEngineBy(ways, folder, silentProgress);
    assert.deepEqual(after, before);
    const standIns = plugins.filter(({ standIn }) => standIn);
    assert.deepEqual(tried, ["cliOnPath", ...standIns.map(({ name }) => `writeStandIn ${name}`)]);
  });

  it("looks again when a plugin that it linked to has gone", async () => {
    const usr = join(scratch, "usr");
    const onPath: Partial<Ways> = {
      buildCli: makeCli,
      pluginOnPath: ({ name }) => executable(usr, `pulumi-resource-${name}`),
    };
    await ensureEngineBy(fakeWays(onPath).ways, folder, silentProgress);
    await rm(usr, { recursive: true });
    const { ways } = fakeWays(building);
    const engine = await ensureEngineBy(ways, folder, silentProgress);
    assert.equal(engine.parts.find(({ name }) => name === first.name)!.source, "built");
  });

  it("leaves no half part behind when a build fails, and can do it next time", async () => {
    const { ways } = fakeWays({
      buildCli: async (into) => {
        await makeCli(into);
        throw new Error("killed half way");
      },
    });
    await assert.rejects(ensureEngineBy(ways, folder, silentProgress), /killed half way/);
    assert.ok(!existsSync(folder.bin));
    const again = fakeWays(building);
    await ensureEngineBy(again.ways, folder, silentProgress);
    assert.deepEqual(readdirSync(folder.root).sort(), ["bin", "home"]);
  });

  it("tells of every way why it is closed", async () => {
    const { ways } = fakeWays({ requireBuild: refuse("go is missing: install Go 1.26") });
    await assert.rejects(ensureEngineBy(ways, folder, silentProgress), (error: Error) => {
      assert.equal(
        error.message,
        `Cannot get pulumi ${pulumiVersion}:\n` +
          "  - path: no CLI on PATH\n" +
          "  - download: no network\n" +
          "  - built: go is missing: install Go 1.26",
      );
      return true;
    });
  });

  it("builds once when two ask at the same time", async () => {
    let builds = 0;
    const open: Partial<Ways> = {
      ...building,
      buildCli: async (into: string) => {
        builds += 1;
        await new Promise((resolve) => setTimeout(resolve, 200));
        await makeCli(into);
      },
    };
    const [one, two] = await Promise.all([
      ensureEngineBy(fakeWays(open).ways, folder, silentProgress),
      ensureEngineBy(fakeWays(open).ways, folder, silentProgress),
    ]);
    assert.equal(builds, 1);
    assert.deepEqual(one, two);
  });
});
