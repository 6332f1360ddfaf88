import { mkdir } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";

import { engineFolder, type EngineFolder } from "./cache-folder";
import { cachedPlugin, pluginFolder, readLabel } from "./cached-part";
import type { EnginePart } from "./engine-part";
import { withFileLock } from "./file-lock";
import { clearStaging, getCli, getPlugin } from "./get-part";
import { ensureLanguageHost, languageHostVariable, languageHostWrapper } from "./node-wrapper";
import { packageVersion } from "./package-root";
import type { Progress } from "./progress";
import { plugins } from "./versions";
import { realWays, type Ways } from "./ways";

/** A Pulumi engine with all plugins that the stacks of this package need. */
export interface Engine {
  /** Path of the pulumi CLI. */
  pulumi: string;
  /** The CLI's folder; put it first on PATH. */
  binDir: string;
  /** The folder to use as PULUMI_HOME; the plugins are in it. */
  pulumiHome: string;
  /** Environment variables that a process running the engine needs, PATH among them. */
  env: Record<string, string>;
  parts: EnginePart[];
}

/**
 * Gets the engine onto the machine: each part as it is on PATH, else the official download, else a
 * build from Go modules, else (for plugins without modules) a stand-in. What was got once is in the
 * cache; a run that is killed leaves no half part there. Rejects with the reasons of every way when
 * a part cannot be had.
 */
export function ensureEngine(progress: Progress): Promise<Engine> {
  return ensureEngineBy(realWays, engineFolder(), progress);
}

/** `ensureEngine()` with its effects given. */
export async function ensureEngineBy(
  ways: Ways,
  folder: EngineFolder,
  progress: Progress,
): Promise<Engine> {
  const onPath = await ways.cliOnPath().catch((error: unknown) => error as Error);
  const found = onPath instanceof Error ? undefined : onPath;
  const complete = (): boolean =>
    (found !== undefined || readLabel(folder.bin, "pulumi") !== undefined) &&
    plugins.every((plugin) => cachedPlugin(folder, plugin) !== undefined);

  if (!complete()) {
    const waiting = (): void => {
      progress.log("Another labwright is getting the engine; waiting for it");
    };
    await withFileLock(`${folder.root}.lock`, waiting, async () => {
      await clearStaging(folder);
      if (!found && !readLabel(folder.bin, "pulumi")) {
        await getCli(ways, folder, onPath as Error, progress);
      }
      const pulumi = found?.pulumi ?? join(folder.bin, "pulumi");
      for (const plugin of plugins) {
        if (!cachedPlugin(folder, plugin)) await getPlugin(ways, folder, pulumi, plugin, progress);
      }
    });
  }
  return describe(ways, folder, found);
}

async function describe(
  ways: Ways,
  folder: EngineFolder,
  found: { pulumi: string; version: string } | undefined,
): Promise<Engine> {
  const label = readLabel(folder.bin, "pulumi");
  const cli: EnginePart = found
    ? { name: "pulumi", version: found.version, source: "path", path: found.pulumi }
    : { name: "pulumi", ...label!, path: join(folder.bin, "pulumi") };
  const binDir = dirname(cli.path);
  const host: EnginePart = {
    name: "nodejs language host",
    version: cli.source === "built" ? packageVersion : cli.version,
    source: cli.source === "built" ? "own" : cli.source,
    path:
      cli.source === "built"
        ? await ensureLanguageHost(binDir)
        : join(binDir, "pulumi-language-nodejs"),
  };
  await mkdir(folder.plugins, { recursive: true });
  for (const plugin of plugins) {
    const { source } = cachedPlugin(folder, plugin)!;
    // It may name a copy of labwright that has gone.
    if (source === "stand-in") await ways.writeStandIn(plugin, pluginFolder(folder, plugin));
  }
  const env: Record<string, string> = {
    PATH: `${binDir}${delimiter}${process.env.PATH ?? ""}`,
    PULUMI_HOME: folder.home,
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "1",
  };
  if (cli.source === "built") {
    // Nothing could be downloaded: looking for plugins again at each run would only cost time.
    env.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION = "1";
    env[languageHostVariable] = languageHostWrapper.script;
  }
  return {
    pulumi: cli.path,
    binDir,
    pulumiHome: folder.home,
    env,
    parts: [cli, host, ...plugins.map((plugin) => cachedPlugin(folder, plugin)!)],
  };
}
