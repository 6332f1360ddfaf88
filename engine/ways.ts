import { buildCli, buildPlugin } from "./go-build";
import { requireBuild } from "./build-requirements";
import { downloadCli, downloadPlugin } from "./download";
import { cliOnPath, pluginOnPath } from "./path-lookup";
import { writeStandIn } from "./stand-in";
import type { PluginVersion } from "./versions";

/**
 * The ways to get the parts, in the order of preference. Each rejects with the reason when it is
 * not open on this machine; `into` names a folder that does not exist yet.
 */
export interface Ways {
  cliOnPath(): Promise<{ pulumi: string; version: string }>;
  downloadCli(into: string): Promise<void>;
  /** Refuses, with everything that is missing, a build that cannot succeed. */
  requireBuild(cache: string): Promise<void>;
  buildCli(into: string): Promise<void>;

  /** The executable. */
  pluginOnPath(plugin: PluginVersion): Promise<string>;
  /** Installs into a PULUMI_HOME and returns the plugin's folder. */
  downloadPlugin(pulumi: string, plugin: PluginVersion, home: string): Promise<string>;
  buildPlugin(plugin: PluginVersion, into: string): Promise<void>;
  /** Also into a folder that has one already. */
  writeStandIn(plugin: PluginVersion, into: string): Promise<void>;
}

export const realWays: Ways = {
  cliOnPath,
  downloadCli,
  requireBuild,
  buildCli,
  pluginOnPath,
  downloadPlugin,
  buildPlugin,
  writeStandIn,
};
