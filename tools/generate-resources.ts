// Writes resources/ from the kinds' schemas: `npm run generate`. With --check it writes nothing and fails when a file differs.
import * as fs from "node:fs";
import * as path from "node:path";

import { kindSchemas } from "../provider/kinds/schemas";
import { type ObjectType, providerConfig } from "../provider/schema";
import { collectTypes } from "../provider/schema/package-schema";
import {
  kebab,
  renderDomainIndex,
  renderIndex,
  renderProvider,
  renderResourceClass,
  renderTypes,
} from "./resource-class.render";

/** The files of resources/, formatted, by path inside it. */
export async function generatedResources(): Promise<Map<string, string>> {
  const types = new Map<string, ObjectType>();
  const domains = new Map<string, string[]>();
  const files = new Map<string, string>();
  for (const kind of kindSchemas) {
    const [, domain, name] = kind.token.split(":") as [string, string, string];
    collectTypes({ ...kind.inputs, ...kind.outputs }, types);
    domains.set(domain, [...(domains.get(domain) ?? []), name]);
    files.set(`${domain}/${kebab(name)}.ts`, renderResourceClass(kind));
  }
  const sortedTypes = [...types.values()].sort((a, b) => (a.token < b.token ? -1 : 1));
  for (const [domain, names] of domains)
    files.set(`${domain}/index.ts`, renderDomainIndex(names.sort()));
  files.set("types.ts", renderTypes(sortedTypes));
  files.set("provider.ts", renderProvider(providerConfig));
  files.set("index.ts", renderIndex([...domains.keys()].sort(), sortedTypes));

  const prettier = await import("prettier");
  for (const [file, content] of files) {
    files.set(file, await prettier.format(content, { parser: "typescript", printWidth: 100 }));
  }
  return files;
}

async function main(): Promise<void> {
  const folder = path.join(process.cwd(), "resources");
  const check = process.argv.includes("--check");
  const stale: string[] = [];
  for (const [name, content] of await generatedResources()) {
    const file = path.join(folder, name);
    if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === content) continue;
    stale.push(`resources/${name}`);
    if (check) continue;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }
  if (check && stale.length > 0) {
    console.error(
      `Out of date, run \`npm run generate\`:\n${stale.map((file) => `  ${file}`).join("\n")}`,
    );
    process.exitCode = 1;
  } else console.log(stale.length > 0 ? `wrote ${stale.join(", ")}` : "resources/ is up to date");
}

if (require.main === module) void main();
