import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { nas } from "../../../examples/existing-host";
import { lab } from "../../../examples/lab";
import "../../../examples/lab.test";
import { recordLab } from "../../../testing";
import { publicKey } from "./lab-parts";

const root = path.join(__dirname, "../../..");

function sources(folder: string): [file: string, text: string][] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|md)$/.test(file))
    .map((file) => [`${folder}/${file}`, readFileSync(path.join(root, folder, file), "utf8")]);
}

/** Without line breaks and what the formatter adds at them. */
const plain = (text: string) => text.replace(/\s+/g, "").replace(/,(?=[)}\]])/g, "");

describe("examples/", () => {
  it("run", async () => {
    const made = await recordLab(() => lab(publicKey));
    assert.equal(made.ofType("proxmoxve:index/vmLegacy:VmLegacy").length, 3);
    const other = await recordLab(() => nas(publicKey, publicKey, pulumi.output("canary")));
    assert.deepEqual(other.get("backup-password").secrets, ["content"]);
  });

  const examples = sources("examples").map(([, text]) => plain(text));
  for (const [file, text] of ["components", "docs", "testing"].flatMap(sources))
    for (const [, block] of text.matchAll(/```ts\n([\s\S]*?)```/g))
      it(`have what the documentation in ${file} shows`, () => {
        const shown = plain(block!.replace(/^ *\* ?/gm, ""));
        assert.ok(
          examples.some((example) => example.includes(shown)),
          block,
        );
      });
});
