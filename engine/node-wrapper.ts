import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { packageRoot } from "./package-root";

/** A small executable in the cache that starts one of labwright's own scripts. */
export interface NodeWrapper {
  /** What it is, for whoever opens the file. */
  comment: string;
  /** The compiled script. */
  script: string;
  /** Arguments before those it is called with. */
  args?: readonly string[];
  /** Environment variable that names another script to start instead. */
  variable?: string;
}

/** A script of the engine as compiled JavaScript. */
export function compiledScript(...path: string[]): string {
  return join(packageRoot, "dist", "engine", ...path);
}

/** Overrides which language host the wrapper starts: the cache is shared, the code may differ. */
export const languageHostVariable = "LABWRIGHT_LANGUAGE_HOST";

export const languageHostWrapper: NodeWrapper = {
  comment: "labwright's language host for Node programs, in place of Pulumi's own.",
  script: compiledScript("language-host", "main.js"),
  variable: languageHostVariable,
};

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The text of the executable. Pure. */
export function renderWrapper({ comment, script, args = [], variable }: NodeWrapper): string {
  const start = variable === undefined ? "$script" : `\${${variable}:-$script}`;
  const words = [`"${start}"`, ...args.map(quote), '"$@"'];
  return `#!/bin/sh\n# ${comment}\nscript=${quote(script)}\nexec node ${words.join(" ")}\n`;
}

/**
 * Writes the executable unless it is there. The cache is shared by all copies of labwright on a
 * machine: an executable that names a copy which is still there stays as it is.
 */
export async function ensureWrapper(file: string, wrapper: NodeWrapper): Promise<string> {
  const script = await readFile(file, "utf8").then(
    (text) => /^script='(.*)'$/m.exec(text)?.[1]?.replaceAll(`'\\''`, "'"),
    () => undefined,
  );
  if (script === undefined || !existsSync(script)) {
    const temporary = `${file}.${process.pid}`;
    await writeFile(temporary, renderWrapper(wrapper), { mode: 0o755 });
    await rename(temporary, file);
  }
  return file;
}

/** Puts our language host beside the CLI in a folder. */
export function ensureLanguageHost(bin: string): Promise<string> {
  return ensureWrapper(join(bin, "pulumi-language-nodejs"), languageHostWrapper);
}
