import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { ensureEngine, streamProgress } from "../../../engine";
import { kindSchemas } from "../../../provider/kinds/schemas";

const root = path.join(__dirname, "../../..");

describe("the provider's schema", function () {
  // The first run of all builds the engine.
  this.timeout(3_600_000);

  it("is given by `pulumi package get-schema` and accepted by `pulumi schema check`", async () => {
    const { pulumi, env } = await ensureEngine(streamProgress());
    const run = (...args: string[]): string =>
      execFileSync(pulumi, args, {
        encoding: "utf8",
        env: { ...process.env, ...env },
        stdio: "pipe",
      });
    const plugin = path.join(root, "provider/pulumi-resource-labwright");
    const schema = run("package", "get-schema", plugin);
    const { resources } = JSON.parse(schema) as { resources: object };
    assert.deepEqual(Object.keys(resources).sort(), kindSchemas.map(({ token }) => token).sort());
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "labwright-schema-"));
    const file = path.join(folder, "schema.json");
    fs.writeFileSync(file, schema);
    run("schema", "check", file);
    fs.rmSync(folder, { recursive: true });
  });
});
