import assert from "node:assert/strict";

import { buildIssues, type BuildFacts } from "../../../engine/build-requirements";

const enough: BuildFacts = {
  go: "1.26.8",
  fetchesToolchain: false,
  neededGo: "1.26",
  freeMiB: { "/cache": 9000 },
  neededMiB: 6000,
};
const install = "install Go 1.26 or newer, from https://go.dev/dl/ or your distribution";

describe("buildIssues()", () => {
  const table: [string, Partial<BuildFacts>, string[]][] = [
    ["nothing when all is there", {}, []],
    ["a later Go", { go: "1.30rc1" }, []],
    ["no Go at all", { go: undefined }, [`go: ${install}`]],
    ["a Go that is too old", { go: "1.19.8" }, [`go: ${install}`]],
    ["an older Go that may fetch its toolchain", { go: "1.24.4", fetchesToolchain: true }, []],
    ["Go 1.19, which cannot fetch any", { go: "1.19", fetchesToolchain: true }, [`go: ${install}`]],
    [
      "no room and no Go, both at once",
      { go: undefined, freeMiB: { "/cache": 10, "/big": 7000 } },
      [
        `go: ${install}`,
        "free space in /cache: make room for 6000 MiB, " +
          "or point XDG_CACHE_HOME, GOCACHE or GOMODCACHE elsewhere",
      ],
    ],
  ];
  for (const [title, facts, expected] of table) {
    it(`finds ${expected.length ? "wrong" : "right"}: ${title}`, () => {
      const issues = buildIssues({ ...enough, ...facts });
      assert.deepEqual(
        issues.map(({ field, fix }) => `${field}: ${fix}`),
        expected,
      );
    });
  }
});
