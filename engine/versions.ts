import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { packageRoot } from "./package-root";

/** The pulumi CLI that is downloaded or built. Later ones are not to be had as Go modules. */
export const pulumiVersion = "3.259.0";

/** The oldest CLI taken from PATH: the version of the pinned SDK, `@pulumi/pulumi`. */
export const oldestPulumi = "3.248.0";

/** A resource plugin that stacks of this package need, in exactly the version of its npm SDK. */
export interface PluginVersion {
  name: string;
  version: string;
  /** Where `pulumi plugin install` finds it, when not at Pulumi's own place. */
  server?: string;
  /** Folder of the Go module here that builds it. */
  goModule?: string;
  /** Whether labwright has a stand-in for it, in engine/stand-ins. */
  standIn?: boolean;
}

/** Kept equal to the SDKs in package.json by a test: a plugin must match its SDK exactly. */
export const plugins: readonly PluginVersion[] = [
  {
    name: "proxmoxve",
    version: "8.6.0",
    server: "github://api.github.com/muhlba91/pulumi-proxmoxve",
    goModule: "proxmoxve",
  },
  { name: "random", version: "4.21.2", standIn: true },
  { name: "command", version: "1.2.1", standIn: true },
];

/** Everything that a build reads; the key changes with any byte of it. */
const buildInputs = [
  "pulumi/go.mod",
  "pulumi/go.sum",
  "proxmoxve/go.mod",
  "proxmoxve/go.sum",
  "proxmoxve/main.go",
];

/** Name of the cache folder that holds exactly this engine for this kind of machine. */
export function versionsKey(): string {
  const hash = createHash("sha256");
  const versions = plugins.map(({ name, version }) => `${name} ${version}`);
  hash.update(JSON.stringify([pulumiVersion, versions, process.platform, process.arch]));
  for (const file of buildInputs) hash.update(readFileSync(join(packageRoot, "engine", file)));
  return `pulumi-${pulumiVersion}-${hash.digest("hex").slice(0, 8)}`;
}
