import * as fs from "node:fs";
import * as path from "node:path";

const sources = new Map<string, string>();

/**
 * The text of a shell file under provider/, such as `host/agent.sh`. The compiler leaves shell files where they are, so
 * they are found from the package's own folder, compiled or not.
 */
export function shellSource(name: string): string {
  let source = sources.get(name);
  if (source === undefined) {
    let folder = __dirname;
    while (!fs.existsSync(path.join(folder, "package.json"))) folder = path.dirname(folder);
    source = fs.readFileSync(path.join(folder, "provider", name), "utf8");
    sources.set(name, source);
  }
  return source;
}
