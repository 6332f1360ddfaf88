import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, sep } from "node:path";

import { capture } from "./capture";
import { enginesFolder } from "./cache-folder";
import { oldestPulumi, type PluginVersion } from "./versions";

/** All executables of a name on PATH, first one first. Engines of our own do not count. */
export function onPath(name: string, path = process.env.PATH ?? ""): string[] {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "" && !folder.startsWith(enginesFolder() + sep))
    .map((folder) => join(folder, name))
    .filter(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Whether a CLI of this version runs our programs: the same major version, not older. */
export function isSuitable(version: string, oldest = oldestPulumi): boolean {
  const numbers = (text: string): number[] => text.split(/[.+-]/, 3).map(Number);
  const [major, minor, patch] = numbers(version) as [number, number, number];
  const [oldMajor, oldMinor, oldPatch] = numbers(oldest) as [number, number, number];
  if (major !== oldMajor) return false;
  return minor > oldMinor || (minor === oldMinor && patch >= oldPatch);
}

/** The first suitable `pulumi` on PATH that has its Node language host with it. */
export async function cliOnPath(): Promise<{ pulumi: string; version: string }> {
  const found = onPath("pulumi");
  if (found.length === 0) throw new Error("there is no pulumi on PATH");
  const reasons: string[] = [];
  for (const pulumi of found) {
    const { stdout } = await capture(pulumi, ["version"], {
      seconds: 5,
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1" },
    });
    const version = /^v?(\d+\.\d+\.\d+\S*)/.exec(stdout.trim())?.[1];
    if (version === undefined) reasons.push(`${pulumi} does not tell its version`);
    else if (!isSuitable(version)) {
      reasons.push(`${pulumi} is ${version}, ${oldestPulumi} or a later 3.x is needed`);
    } else if (
      !existsSync(join(dirname(realpathSync(pulumi)), "pulumi-language-nodejs")) &&
      onPath("pulumi-language-nodejs").length === 0
    ) {
      reasons.push(`${pulumi} is there without pulumi-language-nodejs`);
    } else return { pulumi, version };
  }
  throw new Error(reasons.join("; "));
}

/** The executable of exactly this plugin: in the person's own Pulumi folder, or on PATH. */
export async function pluginOnPath(plugin: PluginVersion): Promise<string> {
  const executable = `pulumi-resource-${plugin.name}`;
  const home = process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
  const installed = join(home, "plugins", `resource-${plugin.name}-v${plugin.version}`);
  const own = home.startsWith(enginesFolder() + sep);
  if (!own && !existsSync(`${installed}.partial`) && isExecutable(join(installed, executable))) {
    return join(installed, executable);
  }
  for (const file of onPath(executable)) {
    const { stdout } = await capture(file, ["--version"], { seconds: 5 });
    if (stdout.trim().replace(/^v/, "") === plugin.version) return file;
  }
  throw new Error(`${executable} ${plugin.version} is neither in ${home} nor on PATH`);
}
