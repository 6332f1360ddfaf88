import { existsSync } from "node:fs";
import { chmod, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { packageRoot } from "./package-root";

/** Our language host as compiled JavaScript. */
export function languageHostScript(): string {
  return join(packageRoot, "dist", "engine", "language-host", "main.js");
}

/** Overrides which language host the wrapper starts. */
export const languageHostVariable = "LABWRIGHT_LANGUAGE_HOST";

/** The text of `pulumi-language-nodejs`. Pure. */
export function renderWrapper(script: string): string {
  const quoted = `'${script.replaceAll("'", `'\\''`)}'`;
  return `#!/bin/sh
# labwright's language host for Node programs, in place of Pulumi's own.
host=${quoted}
exec node "\${${languageHostVariable}:-$host}" "$@"
`;
}

/**
 * Puts the wrapper beside the CLI. The cache is shared by all copies of labwright on a machine: a
 * wrapper that names a copy which is still there stays as it is.
 */
export async function ensureWrapper(bin: string): Promise<string> {
  const wrapper = join(bin, "pulumi-language-nodejs");
  const script = await readFile(wrapper, "utf8").then(
    (text) => /^host='(.*)'$/m.exec(text)?.[1]?.replaceAll(`'\\''`, "'"),
    () => undefined,
  );
  if (script === undefined || !existsSync(script)) {
    const temporary = `${wrapper}.${process.pid}`;
    await writeFile(temporary, renderWrapper(languageHostScript()));
    await chmod(temporary, 0o755);
    await rename(temporary, wrapper);
  }
  return wrapper;
}
