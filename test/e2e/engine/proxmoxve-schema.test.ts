import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { ensureEngine, streamProgress } from "../../../engine";
import { schemaShapes, sdkShapes, type PackageSpec } from "./shapes";

const sdk = dirname(require.resolve("@muhlba91/pulumi-proxmoxve/package.json"));

/** The resources that labs use. */
const resources = [
  { token: "proxmoxve:index/vmLegacy:VmLegacy", declarations: "vmLegacy.d.ts" },
  {
    token: "proxmoxve:index/containerLegacy:ContainerLegacy",
    declarations: "containerLegacy.d.ts",
  },
  { token: "proxmoxve:index/fileLegacy:FileLegacy", declarations: "fileLegacy.d.ts" },
  { token: "proxmoxve:index/poolLegacy:PoolLegacy", declarations: "poolLegacy.d.ts" },
  { token: "proxmoxve:download/file:File", declarations: "download/file.d.ts" },
];

describe("the proxmoxve plugin", function () {
  this.timeout("30m");
  let schema: PackageSpec;

  before(async () => {
    const engine = await ensureEngine(streamProgress());
    const plugin = engine.parts.find(({ name }) => name === "proxmoxve")!;
    const { stdout } = await promisify(execFile)(
      engine.pulumi,
      ["package", "get-schema", plugin.path],
      { env: { ...process.env, ...engine.env }, maxBuffer: 1 << 26, cwd: dirname(plugin.path) },
    );
    schema = JSON.parse(stdout) as PackageSpec;
  });

  let compared = 0;
  for (const { token, declarations } of resources) {
    const name = token.split(":").pop()!;
    it(`has the properties, types and required ones of the npm SDK's ${name}`, () => {
      const shapes = sdkShapes(join(sdk, declarations), name);
      assert.ok(Object.keys(shapes[`${name}Args`]!).length > 0);
      assert.deepEqual(schemaShapes(schema, token), shapes);
      compared += Object.keys(shapes).length;
    });
  }

  it("was compared in all nested types of its resources", () => {
    assert.ok(compared > 100, `only ${compared} types compared`);
  });

  it("would be told from a plugin that lacks a property or has another type", () => {
    const shapes = sdkShapes(join(sdk, "poolLegacy.d.ts"), "PoolLegacy");
    const token = "proxmoxve:index/poolLegacy:PoolLegacy";
    const edited = structuredClone(schema);
    delete edited.resources[token]!.inputProperties!.comment;
    assert.notDeepEqual(schemaShapes(edited, token), shapes);
    const retyped = structuredClone(schema);
    retyped.types["proxmoxve:index/PoolLegacyMember:PoolLegacyMember"]!.properties!.vmId!.type =
      "string";
    assert.notDeepEqual(schemaShapes(retyped, token), shapes);
    assert.throws(() => schemaShapes(schema, "proxmoxve:index/vm:Vm"), /no resource/);
  });
});
