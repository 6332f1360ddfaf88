import * as fs from "node:fs";
import * as path from "node:path";

/** The version in the package's own package.json. */
export function packageVersion(): string {
  let folder = __dirname;
  while (!fs.existsSync(path.join(folder, "package.json"))) folder = path.dirname(folder);
  const { version } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")) as {
    version: string;
  };
  return version;
}
