import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { compiledScript, ensureWrapper } from "./node-wrapper";
import type { PluginVersion } from "./versions";

/** Puts our stand-in for a plugin into a folder, if there is one. */
export async function writeStandIn(plugin: PluginVersion, into: string): Promise<void> {
  const script = compiledScript("stand-ins", `${plugin.name}.js`);
  if (!existsSync(script)) throw new Error("labwright has no stand-in for it");
  await mkdir(into, { recursive: true });
  await ensureWrapper(join(into, `pulumi-resource-${plugin.name}`), {
    comment: `labwright's stand-in for the ${plugin.name} plugin: only the types that labs use.`,
    script,
    args: [plugin.version],
  });
}
