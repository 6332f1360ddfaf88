import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { renderTable } from "../../../cli/table";
import { packageRoot } from "../../../engine/package-root";

function labwright(...args: string[]) {
  const hook = require.resolve("ts-node/register/transpile-only");
  const main = join(packageRoot, "cli", "main.ts");
  return spawnSync(process.execPath, ["-r", hook, main, ...args], {
    cwd: packageRoot,
    encoding: "utf8",
  });
}

describe("the labwright command", function () {
  this.timeout(30_000);

  const wrong: [string[], RegExp][] = [
    [["dance"], /^labwright: there is no command "dance"\n\nUsage: labwright COMMAND/],
    [["constructor"], /there is no command "constructor"/],
    [["engine", "--jsn"], /^labwright engine: Unknown option '--jsn'[^]*Usage: labwright engine/],
    [["engine", "clean", "all"], /^labwright engine: what is "clean all"\?/],
  ];
  for (const [args, says] of wrong) {
    it(`refuses \`labwright ${args.join(" ")}\` with its usage and exit code 2`, () => {
      const { status, stdout, stderr } = labwright(...args);
      assert.equal(status, 2);
      assert.equal(stdout, "");
      assert.match(stderr, says);
    });
  }

  it("prints its usage when asked", () => {
    const { status, stdout } = labwright("engine", "--help");
    assert.equal(status, 0);
    assert.match(stdout, /^Usage: labwright engine \[--json\]/);
  });
});

describe("renderTable()", () => {
  it("aligns columns and leaves no blanks at the end", () => {
    const rows = [
      ["A", "LONG", "C"],
      ["word", "x", ""],
    ];
    assert.equal(renderTable(rows), "A     LONG  C\nword  x\n");
  });
});
