import { type ExportText, renderExport } from "./render";

/** What an export's file says, and what it holds besides. */
export interface ParsedExport extends ExportText {
  /** Empty when the file is exactly as it is rendered. */
  extra: string;
}

/** Shown of what does not belong there, at most. */
const SHOWN = 500;

/**
 * Reads an export's file: its first line with an export. Whatever else it holds, also another way to write the same, is
 * `extra`. Pure.
 */
export function parseExport(text: string): ParsedExport {
  const lines = text.replace(/\\\n/g, " ").split("\n");
  const line = lines.find((one) => /^\s*[^\s#]/.test(one)) ?? "";
  const words = line
    .replace(/(^|\s)#.*$/, "")
    .trim()
    .split(/\s+/)
    .filter(Boolean);
  const [path = "", ...clients] = words;
  const found = {
    path: unescapePath(path.replace(/"/g, "")),
    clients: clients.map(parseClient),
  };
  return { ...found, extra: renderExport(found) === text ? "" : text.slice(0, SHOWN) };
}

function parseClient(word: string): ExportText["clients"][number] {
  const [, client = word, options = ""] = /^([^(]*)\(([^)]*)\)$/.exec(word) ?? [];
  return { client: client || "*", options: options.split(",").filter(Boolean) };
}

function unescapePath(word: string): string {
  const bytes = [...word.matchAll(/\\([0-7]{3})|([^\\]+|\\)/g)].map(([, octal, plain]) =>
    octal === undefined ? Buffer.from(plain!) : Buffer.from([parseInt(octal, 8)]),
  );
  return Buffer.concat(bytes).toString("utf8");
}
