import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { kindSchemas } from "../../../provider/kinds/schemas";

const root = path.join(__dirname, "../../..");

describe("the provider's schema", function () {
  this.timeout(60_000);

  it("is given by `pulumi package get-schema` and accepted by `pulumi schema check`", () => {
    const plugin = path.join(root, "provider/pulumi-resource-labwright");
    const schema = execFileSync("pulumi", ["package", "get-schema", plugin], { encoding: "utf8" });
    const { resources } = JSON.parse(schema) as { resources: object };
    assert.deepEqual(Object.keys(resources).sort(), kindSchemas.map(({ token }) => token).sort());
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "labwright-schema-"));
    const file = path.join(folder, "schema.json");
    fs.writeFileSync(file, schema);
    execFileSync("pulumi", ["schema", "check", file], { stdio: "pipe" });
    fs.rmSync(folder, { recursive: true });
  });
});
