/** The assignments of an os-release file (os-release(5)): lines of NAME=VALUE, quoted as a shell does. Pure. */
export function parseOsRelease(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const [, name, value] = /^\s*([A-Z][A-Z0-9_]*)=(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined) values[name] = unquote(value!);
  }
  return values;
}

function unquote(value: string): string {
  if (/^'[^']*'$/.test(value)) return value.slice(1, -1);
  const inside = /^"((?:[^"\\]|\\.)*)"$/.exec(value)?.[1] ?? value;
  return inside.replace(/\\(.)/g, "$1");
}
