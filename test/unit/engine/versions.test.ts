import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { packageRoot } from "../../../engine/package-root";
import { oldestPulumi, plugins, pulumiVersion } from "../../../engine/versions";

const read = (...path: string[]): string => readFileSync(join(packageRoot, ...path), "utf8");

const { dependencies } = JSON.parse(read("package.json")) as {
  dependencies: Record<string, string>;
};

describe("the engine's versions", () => {
  it("are those of the npm SDKs in package.json", () => {
    assert.equal(dependencies["@pulumi/pulumi"], oldestPulumi);
    const sdks: Record<string, string> = { proxmoxve: "@muhlba91/pulumi-proxmoxve" };
    for (const { name, version } of plugins) {
      assert.equal(dependencies[sdks[name] ?? `@pulumi/${name}`], version, name);
    }
  });

  it("are those of the Go modules that are built", () => {
    assert.match(read("engine/pulumi/go.mod"), new RegExp(`pulumi/pkg/v3 v${pulumiVersion}\\b`));
    const { version } = plugins.find(({ name }) => name === "proxmoxve")!;
    assert.match(read("engine/proxmoxve/main.go"), new RegExp(`version = "${version}"`));
  });
});
