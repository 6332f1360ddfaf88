import { existsSync, lstatSync, readFileSync, realpathSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { PartSource } from "./engine-part";

/** Written last into a part's folder, before the folder gets its final name. */
const labelFile = "labwright.json";

/** What is known of a part in the cache. */
export interface Label {
  version: string;
  source: PartSource;
}

export async function writeLabel(folder: string, label: Label): Promise<void> {
  await writeFile(join(folder, labelFile), `${JSON.stringify(label)}\n`);
}

/** The label of a part that is whole; undefined when it has to be made. */
export function readLabel(folder: string, executable: string): Label | undefined {
  if (!existsSync(join(folder, executable))) return undefined;
  try {
    return JSON.parse(readFileSync(join(folder, labelFile), "utf8")) as Label;
  } catch {
    return undefined;
  }
}

/** The folder that a link in the cache leads to, when it does. */
export function linkedFolder(link: string): string | undefined {
  try {
    return lstatSync(link).isSymbolicLink() ? realpathSync(link) : undefined;
  } catch {
    return undefined;
  }
}
