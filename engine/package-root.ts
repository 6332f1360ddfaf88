import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of labwright's package.json: two up from dist/engine, one up from engine. */
export const packageRoot = ((): string => {
  let folder = __dirname;
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no package.json above ${__dirname}`);
    folder = parent;
  }
  return folder;
})();

/** The version of this labwright. */
export const packageVersion = (
  JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { version: string }
).version;
