import { rm } from "node:fs/promises";
import { parseArgs } from "node:util";

import { enginesFolder, ensureEngine, streamProgress, type PartSource } from "../engine";
import { UsageError, type Command } from "./command";
import { renderTable } from "./table";

const usage = `Usage: labwright engine [--json]
       labwright engine clean

Gets the Pulumi engine and the plugins that labs need onto this machine and prints what there is.
Each part is taken, in this order, from PATH (or your own Pulumi folder), from the official
download, from a build of Go modules. Parts that were got once are kept in
${enginesFolder()}; "clean" removes them.

  --json   print the engine as JSON: paths, parts and the environment to run it in
`;

const origins: Record<PartSource, string> = {
  path: "on this machine",
  download: "official download",
  built: "built from Go modules",
  own: "part of labwright",
  "stand-in": "STAND-IN, not the real plugin",
};

export const engine: Command = {
  summary: "get the Pulumi engine and its plugins, and say where they are",
  usage,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      options: { json: { type: "boolean" } },
      allowPositionals: true,
    });
    const [action, ...rest] = positionals;
    if (action === "clean" && rest.length === 0) {
      await rm(enginesFolder(), { recursive: true, force: true });
      return 0;
    }
    if (action !== undefined)
      throw new UsageError(`what is ${JSON.stringify(positionals.join(" "))}?`);

    const found = await ensureEngine(streamProgress());
    if (values.json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    else {
      const rows = found.parts.map(({ name, version, source, path }) => [
        name,
        version,
        origins[source],
        path,
      ]);
      process.stdout.write(renderTable([["PART", "VERSION", "FROM", "PATH"], ...rows]));
    }
    return 0;
  },
};
