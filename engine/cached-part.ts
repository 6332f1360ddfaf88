import { existsSync, lstatSync, readFileSync, realpathSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { EngineFolder } from "./cache-folder";
import type { EnginePart, PartSource } from "./engine-part";
import type { PluginVersion } from "./versions";

/** Written last into a part's folder, before the folder gets its final name. */
const labelFile = "labwright.json";

/** What is known of a part in the cache. */
export interface Label {
  version: string;
  source: PartSource;
}

export async function writeLabel(folder: string, label: Label): Promise<void> {
  await writeFile(join(folder, labelFile), `${JSON.stringify(label)}\n`);
}

/** The label of a part that is whole; undefined when it has to be made. */
export function readLabel(folder: string, executable: string): Label | undefined {
  if (!existsSync(join(folder, executable))) return undefined;
  try {
    return JSON.parse(readFileSync(join(folder, labelFile), "utf8")) as Label;
  } catch {
    return undefined;
  }
}

/** The folder that a link in the cache leads to, when it does. */
function linkedFolder(link: string): string | undefined {
  try {
    return lstatSync(link).isSymbolicLink() ? realpathSync(link) : undefined;
  } catch {
    return undefined;
  }
}

/** Where Pulumi looks for a plugin in its PULUMI_HOME. */
export function pluginFolder(folder: EngineFolder, plugin: PluginVersion): string {
  return join(folder.plugins, `resource-${plugin.name}-v${plugin.version}`);
}

/** A plugin in the cache that is whole. */
export function cachedPlugin(folder: EngineFolder, plugin: PluginVersion): EnginePart | undefined {
  const final = pluginFolder(folder, plugin);
  const executable = `pulumi-resource-${plugin.name}`;
  const path = join(final, executable);
  const linked = linkedFolder(final);
  if (linked !== undefined) {
    const there = existsSync(join(linked, executable));
    const { name, version } = plugin;
    return there ? { name, version, source: "path", path: join(linked, executable) } : undefined;
  }
  const label = readLabel(final, executable);
  return label && { name: plugin.name, ...label, path };
}
