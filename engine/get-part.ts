import { mkdir, readdir, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { EngineFolder } from "./cache-folder";
import { pluginFolder, writeLabel } from "./cached-part";
import { firstOpen, type Trial } from "./first-open";
import { ensureLanguageHost } from "./node-wrapper";
import type { Progress } from "./progress";
import { pulumiVersion, type PluginVersion } from "./versions";
import type { Ways } from "./ways";

/** Puts the CLI with its Node language host into the cache. `notOnPath` is why PATH has none. */
export async function getCli(
  ways: Ways,
  folder: EngineFolder,
  notOnPath: Error,
  progress: Progress,
) {
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
  if (source === "built") await ensureLanguageHost(staging);
  await writeLabel(staging, { version: pulumiVersion, source });
  await rm(folder.bin, { recursive: true, force: true });
  await rename(staging, folder.bin);
}

/** Puts a plugin into the cache, or a link to where it is. */
export async function getPlugin(
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
  const trials: Trial<{ at: string }>[] = [
    {
      source: "path",
      run: async () => ({ at: dirname(await ways.pluginOnPath(plugin)) }),
    },
    {
      source: "download",
      title: `Downloading the ${label}`,
      run: async () => ({ at: await ways.downloadPlugin(pulumi, plugin, `${staging}.home`) }),
    },
  ];
  if (plugin.goModule !== undefined) {
    trials.push({
      source: "built",
      title: `Building the ${label} from Go modules (some minutes)`,
      run: async () => {
        await ways.requireBuild(folder.root);
        return inStaging(ways.buildPlugin(plugin, staging));
      },
    });
  }
  if (plugin.standIn) {
    trials.push({
      source: "stand-in",
      title: `Using a stand-in for the ${label}`,
      run: () => inStaging(ways.writeStandIn(plugin, staging)),
    });
  }
  const { source, at } = await firstOpen(`the ${label}`, trials, progress);
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

function stagingFolder(folder: EngineFolder, part: string): string {
  return join(folder.root, `staging-${process.pid}-${part}`);
}

/** Removes what killed runs left; the caller holds the lock. */
export async function clearStaging(folder: EngineFolder): Promise<void> {
  await mkdir(folder.root, { recursive: true });
  for (const name of await readdir(folder.root)) {
    if (name.startsWith("staging-")) await rm(join(folder.root, name), { recursive: true });
  }
}
