import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, symlink } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";

import { engineFolder, type EngineFolder } from "./cache-folder";
import { linkedFolder, readLabel, writeLabel } from "./cached-part";
import type { EnginePart, PartSource } from "./engine-part";
import { withFileLock } from "./file-lock";
import { ensureWrapper, languageHostScript, languageHostVariable } from "./language-host-wrapper";
import { packageVersion } from "./package-root";
import type { Progress } from "./progress";
import { plugins, pulumiVersion, type PluginVersion } from "./versions";
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

/** One way to get a part, and how the trial of it is told; looking around is not worth a line. */
interface Trial<T> {
  source: PartSource;
  title?: string;
  run: () => Promise<T>;
}

/** Takes the first way that is open; if none is, says of each why not. */
async function firstOpen<T>(
  part: string,
  trials: readonly Trial<T>[],
  progress: Progress,
): Promise<T & { source: PartSource }> {
  const reasons: string[] = [];
  for (const { source, title, run } of trials) {
    if (title !== undefined) progress.step(title);
    try {
      const result = await run();
      progress.done();
      return { ...result, source };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      progress.failed(reason.split("\n")[0]);
      reasons.push(`  - ${source}: ${reason.replaceAll("\n", "\n    ")}`);
    }
  }
  throw new Error(`Cannot get ${part}:\n${reasons.join("\n")}`);
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
  return describe(folder, found);
}

async function getCli(ways: Ways, folder: EngineFolder, notOnPath: Error, progress: Progress) {
  const staging = stagingFolder(folder, "bin");
  const { source } = await firstOpen(
    `pulumi ${pulumiVersion}`,
    [
      {
        source: "path",
        run: () => Promise.reject(notOnPath),
      },
      {
        source: "download",
        title: `Downloading pulumi ${pulumiVersion}`,
        run: async () => ({ done: await ways.downloadCli(staging) }),
      },
      {
        source: "built",
        title: `Building pulumi ${pulumiVersion} from Go modules (some minutes)`,
        run: async () => {
          await ways.requireBuild(folder.root);
          return { done: await ways.buildCli(staging) };
        },
      },
    ],
    progress,
  );
  if (source === "built") await ensureWrapper(staging);
  await writeLabel(staging, { version: pulumiVersion, source });
  await rm(folder.bin, { recursive: true, force: true });
  await rename(staging, folder.bin);
}

async function getPlugin(
  ways: Ways,
  folder: EngineFolder,
  pulumi: string,
  plugin: PluginVersion,
  progress: Progress,
): Promise<void> {
  const label = `${plugin.name} plugin ${plugin.version}`;
  const staging = stagingFolder(folder, plugin.name);
  const inStaging = (work: Promise<void>): Promise<{ at: string }> =>
    work.then(() => ({ at: staging }));
  const { source, at } = await firstOpen(
    `the ${label}`,
    [
      {
        source: "path",
        run: async () => ({ at: dirname(await ways.pluginOnPath(plugin)) }),
      },
      {
        source: "download",
        title: `Downloading the ${label}`,
        run: async () => ({ at: await ways.downloadPlugin(pulumi, plugin, `${staging}.home`) }),
      },
      {
        source: "built",
        title: `Building the ${label} from Go modules (some minutes)`,
        run: async () => {
          await ways.requireBuild(folder.root);
          return inStaging(ways.buildPlugin(plugin, staging));
        },
      },
      {
        source: "stand-in",
        title: `Using a stand-in for the ${label}`,
        run: () => inStaging(ways.writeStandIn(plugin, staging)),
      },
    ],
    progress,
  );
  const final = pluginFolder(folder, plugin);
  await mkdir(folder.plugins, { recursive: true });
  await rm(final, { recursive: true, force: true });
  if (source === "path") {
    await symlink(at, final);
    return;
  }
  await writeLabel(at, { version: plugin.version, source });
  await rename(at, final);
}

function pluginFolder(folder: EngineFolder, plugin: PluginVersion): string {
  return join(folder.plugins, `resource-${plugin.name}-v${plugin.version}`);
}

function cachedPlugin(folder: EngineFolder, plugin: PluginVersion): EnginePart | undefined {
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

async function describe(
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
      cli.source === "built" ? await ensureWrapper(binDir) : join(binDir, "pulumi-language-nodejs"),
  };
  await mkdir(folder.plugins, { recursive: true });
  const env: Record<string, string> = {
    PATH: `${binDir}${delimiter}${process.env.PATH ?? ""}`,
    PULUMI_HOME: folder.home,
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "1",
  };
  if (cli.source === "built") {
    // Nothing could be downloaded: looking for plugins again at each run would only cost time.
    env.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION = "1";
    env[languageHostVariable] = languageHostScript();
  }
  return {
    pulumi: cli.path,
    binDir,
    pulumiHome: folder.home,
    env,
    parts: [cli, host, ...plugins.map((plugin) => cachedPlugin(folder, plugin)!)],
  };
}

function stagingFolder(folder: EngineFolder, part: string): string {
  return join(folder.root, `staging-${process.pid}-${part}`);
}

/** Removes what killed runs left; the caller holds the lock. */
async function clearStaging(folder: EngineFolder): Promise<void> {
  await mkdir(folder.root, { recursive: true });
  for (const name of await readdir(folder.root)) {
    if (name.startsWith("staging-")) await rm(join(folder.root, name), { recursive: true });
  }
}
