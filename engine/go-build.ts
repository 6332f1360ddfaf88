import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { capture, lastLines } from "./capture";
import { packageRoot } from "./package-root";
import { pulumiVersion, type PluginVersion } from "./versions";

/** Both builds take minutes; one that takes this long hangs on the network. */
const buildSeconds = 3_600;

/** Settings of a person's own that would change what is built. */
const settings = { CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off", GO111MODULE: "on" };

async function goBuild(module: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await capture(
    "go",
    ["build", "-mod=readonly", "-buildvcs=false", "-trimpath", ...args],
    {
      seconds: buildSeconds,
      cwd: join(packageRoot, "engine", module),
      env: { ...process.env, ...settings },
    },
  );
  if (code !== 0) throw new Error(`go build in engine/${module} failed:\n${lastLines(stderr)}`);
}

/** Builds the pulumi CLI into a new folder. */
export async function buildCli(into: string): Promise<void> {
  await mkdir(into, { recursive: true });
  // Without its version a CLI refuses every plugin that asks for a later one than 0.
  const version = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${pulumiVersion}`;
  await goBuild("pulumi", [
    "-ldflags",
    `-s -w -X ${version}`,
    "-o",
    join(into, "pulumi"),
    "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  ]);
}

/** Builds a plugin that has its Go module here into a new folder. */
export async function buildPlugin(plugin: PluginVersion, into: string): Promise<void> {
  await mkdir(into, { recursive: true });
  const executable = join(into, `pulumi-resource-${plugin.name}`);
  await goBuild(plugin.goModule!, ["-ldflags", "-s -w", "-o", executable, "."]);
  // It serves the schema that it writes here, once; making it at each start would take seconds.
  const { code, stderr } = await capture(
    executable,
    ["gen", "schema", "--skip-docs", "--skip-examples", "--out", into],
    { seconds: 300, cwd: into },
  );
  if (code !== 0) throw new Error(`${plugin.name}: no schema: ${lastLines(stderr)}`);
  // The generator leaves a project file behind that nobody reads.
  await rm(join(into, "Pulumi.yaml"), { force: true });
}
