import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

import { versionsKey } from "./versions";

/** labwright's folder for what can be made again: in `$XDG_CACHE_HOME`, `~/.cache` by default. */
export function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME;
  // The XDG specification has relative paths ignored.
  return join(base && isAbsolute(base) ? base : join(homedir(), ".cache"), "labwright");
}

/** Where engines are kept, one folder for each set of versions. */
export function enginesFolder(): string {
  return join(cacheFolder(), "engine");
}

/** The paths inside one engine's folder. */
export interface EngineFolder {
  root: string;
  /** The CLI and its language hosts. */
  bin: string;
  /** The engine's PULUMI_HOME. */
  home: string;
  plugins: string;
}

export function engineFolder(root: string = join(enginesFolder(), versionsKey())): EngineFolder {
  const home = join(root, "home");
  return { root, bin: join(root, "bin"), home, plugins: join(home, "plugins") };
}
