import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import * as path from "node:path";

const root = path.join(__dirname, "../..");

describe("documentation", () => {
  const listed = execFileSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  for (const file of listed.trim().split("\n"))
    it(`${file} links to what is there`, () => {
      const text = readFileSync(path.join(root, file), "utf8");
      const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map((match) => match[1]!);
      const local = links.filter((link) => !/^[a-z]+:/.test(link));
      const missing = local.filter(
        (link) => !existsSync(path.join(root, path.dirname(file), link)),
      );
      assert.deepEqual(missing, []);
    });
});
