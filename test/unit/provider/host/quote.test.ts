import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

import fc from "fast-check";

import { quote } from "../../../../provider/host/quote";

/** What a shell makes of words, one after the other, each ended by a NUL. */
function shellWords(shell: string, script: string): string[] {
  const { stdout, status, stderr } = spawnSync(shell, { input: script });
  assert.equal(status, 0, stderr.toString());
  return stdout.toString().split("\0").slice(0, -1);
}

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom("'", '"', "\\", "$", "`", "\n", "!", "*", " ", "-", "%", "("),
  }),
);

describe("quote()", () => {
  for (const shell of ["sh", "bash"]) {
    it(`gives ${shell} back exactly the text`, () => {
      const words = fc.sample(
        hostile.filter((text) => !text.includes("\0")),
        400,
      );
      const script = words.map((word) => `printf '%s\\0' ${quote(word)}`).join("\n");
      assert.deepEqual(shellWords(shell, script), words);
    });
  }

  it("refuses a NUL, which no shell can carry", () => {
    assert.throws(() => quote("a\0b"), /NUL/);
  });
});
