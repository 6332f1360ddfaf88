import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { types } from "@pulumi/command";

import { ensureEngine, streamProgress, type Engine } from "../../../engine";
import { schemaShapes, sdkShapes, type PackageSpec } from "./shapes";
import { TinyProject } from "./tiny-project";

const sdk = dirname(require.resolve("@pulumi/command/package.json"));
const token = "command:remote:Command";

describe("the command plugin", function () {
  this.timeout("30m");
  let engine: Engine;
  let schema: PackageSpec;

  before(async () => {
    engine = await ensureEngine(streamProgress());
    const plugin = engine.parts.find(({ name }) => name === "command")!;
    const { stdout } = await promisify(execFile)(
      engine.pulumi,
      ["package", "get-schema", plugin.path],
      { env: { ...process.env, ...engine.env }, maxBuffer: 1 << 26, cwd: dirname(plugin.path) },
    );
    schema = JSON.parse(stdout) as PackageSpec;
  });

  it("has the properties, types and required ones of the npm SDK's remote.Command", () => {
    const shapes = sdkShapes(join(sdk, "remote/command.d.ts"), "Command");
    assert.ok(Object.keys(shapes["CommandArgs"]!).length > 5);
    assert.ok(Object.keys(shapes["input Connection"]!).length > 5);
    assert.deepEqual(schemaShapes(schema, token), shapes);
    assert.deepEqual(
      schema.types["command:remote:Logging"]!.enum!.map(({ value }) => value).sort(),
      Object.values(types.enums.remote.Logging).sort(),
    );
  });

  it("would be told from a plugin that lacks a property or has another type", () => {
    const shapes = sdkShapes(join(sdk, "remote/command.d.ts"), "Command");
    const edited = structuredClone(schema);
    delete edited.resources[token]!.inputProperties!.stdin;
    assert.notDeepEqual(schemaShapes(edited, token), shapes);
    const retyped = structuredClone(schema);
    retyped.types["command:remote:Connection"]!.properties!.port!.type = "string";
    assert.notDeepEqual(schemaShapes(retyped, token), shapes);
  });

  it("says what it has when it is a stand-in and is asked for something else", async function () {
    if (engine.parts.find(({ name }) => name === "command")!.source !== "stand-in") this.skip();
    const project = new TinyProject(engine);
    try {
      await project.must("stack", "init", "dev");
      project.write(
        "index.ts",
        `import { local } from "@pulumi/command"; new local.Command("x", { create: "true" });`,
      );
      const { code, output } = await project.run("up", "--yes", "--skip-preview");
      assert.notEqual(code, 0);
      assert.match(
        output,
        /stand-in for the command plugin has no command:local:Command, only command:remote:Command; install the real one/,
      );
      project.write(
        "index.ts",
        `import { remote } from "@pulumi/command";
        new remote.Command("x", { create: "true", connection: { host: "-oProxyCommand=x", password: "canary" } });`,
      );
      const refused = await project.run("preview");
      assert.notEqual(refused.code, 0);
      assert.match(refused.output, /connection\.host: use an IP address or a host name/);
      assert.match(
        refused.output,
        /connection\.password: labwright's stand-in .* has no passwords/,
      );
      assert.match(refused.output, /connection\.hostKey: is missing/);
      assert.ok(!refused.output.includes("canary"));
    } finally {
      project.remove();
    }
  });
});
