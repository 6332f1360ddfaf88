import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { kindSchemas } from "../../../provider/kinds/schemas";
import type { Fields, FieldType } from "../../../provider/schema";
import * as resources from "../../../resources";
import { generatedResources } from "../../../tools/generate-resources";

const folder = path.join(__dirname, "../../../resources");

describe("resources/", () => {
  it("is what the kinds' schemas generate", async () => {
    const files = await generatedResources();
    const there = fs
      .readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"));
    assert.deepEqual(there.sort(), [...files.keys()].sort());
    for (const [name, content] of files) {
      assert.equal(fs.readFileSync(path.join(folder, name), "utf8"), content, name);
    }
  });

  it("has a class that registers under each kind's token", () => {
    const classes = resources as unknown as Record<string, Record<string, { token: string }>>;
    for (const { token } of kindSchemas) {
      const [, domain, name] = token.split(":") as [string, string, string];
      assert.equal(classes[domain]?.[name]?.token, token);
    }
  });
});

describe("kind schemas", () => {
  for (const kind of kindSchemas) {
    it(`${kind.token} documents every field`, () => {
      assert.ok(kind.doc);
      const undocumented: string[] = [];
      const visitType = (type: FieldType, at: string): void => {
        if (type.type === "object") visit(type.object.fields, `${at}.`);
      };
      const visit = (fields: Fields, prefix: string): void => {
        for (const [name, { type, options }] of Object.entries(fields)) {
          if (!options.doc) undocumented.push(prefix + name);
          visitType(type, prefix + name);
        }
      };
      visit({ ...kind.inputs, ...kind.outputs }, "");
      assert.deepEqual(undocumented, []);
    });
  }
});
