import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { packageRoot } from "./package-root";
import type { PluginVersion } from "./versions";

/** Puts our stand-in for a plugin into a new folder, if there is one. */
export async function writeStandIn(plugin: PluginVersion, into: string): Promise<void> {
  const script = join(packageRoot, "dist", "engine", "stand-ins", `${plugin.name}.js`);
  if (!existsSync(script)) throw new Error("labwright has no stand-in for it");
  await mkdir(into, { recursive: true });
  const executable = join(into, `pulumi-resource-${plugin.name}`);
  await writeFile(
    executable,
    `#!/bin/sh\nexec node '${script.replaceAll("'", `'\\''`)}' ${plugin.version} "$@"\n`,
  );
  await chmod(executable, 0o755);
}
