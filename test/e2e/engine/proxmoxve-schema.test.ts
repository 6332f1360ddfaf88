import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { ensureEngine, streamProgress } from "../../../engine";
import { schemaShapes, sdkShapes, type PackageSpec } from "./shapes";

const sdk = dirname(require.resolve("@muhlba91/pulumi-proxmoxve/package.json"));

/** The resources that labs use; the plugin has more. */
const used = [
  "proxmoxve:index/vmLegacy:VmLegacy",
  "proxmoxve:index/containerLegacy:ContainerLegacy",
  "proxmoxve:index/fileLegacy:FileLegacy",
  "proxmoxve:index/poolLegacy:PoolLegacy",
  "proxmoxve:download/file:File",
];

/** A type's declarations are where its token says: `index` is the package's own folder. */
function sdkShapesOf(token: string): ReturnType<typeof sdkShapes> {
  const [, path, name] = token.split(":") as [string, string, string];
  return sdkShapes(join(sdk, `${path.replace(/^index\//, "")}.d.ts`), name);
}

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

  for (const token of used) {
    const name = token.split(":").pop()!;
    it(`has the properties, types and required ones of the npm SDK's ${name}`, () => {
      const shapes = sdkShapesOf(token);
      assert.ok(Object.keys(shapes[`${name}Args`]!).length > 0);
      assert.deepEqual(schemaShapes(schema, token), shapes);
    });
  }

  it("agrees with the npm SDK in every other resource that it has, nested types included", () => {
    let compared = 0;
    for (const token of Object.keys(schema.resources)) {
      const shapes = schemaShapes(schema, token);
      assert.deepEqual(shapes, sdkShapesOf(token), token);
      compared += Object.keys(shapes).length;
    }
    assert.ok(compared > 300, `only ${compared} types compared`);
  });

  it("would be told from a plugin that lacks a property or has another type", () => {
    const token = "proxmoxve:index/poolLegacy:PoolLegacy";
    const shapes = sdkShapesOf(token);
    const edited = structuredClone(schema);
    delete edited.resources[token]!.inputProperties!.comment;
    assert.notDeepEqual(schemaShapes(edited, token), shapes);
    const retyped = structuredClone(schema);
    retyped.types["proxmoxve:index/PoolLegacyMember:PoolLegacyMember"]!.properties!.vmId!.type =
      "string";
    assert.notDeepEqual(schemaShapes(retyped, token), shapes);
    assert.throws(() => schemaShapes(schema, "proxmoxve:index/x:X"), /no resource/);
  });
});
