import type { Script } from "./shell";

const header = `set -u; umask 077
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C; export PATH LC_ALL
. "$1/prelude"
`;

/** A script as the agent runs it: the header, its files cut out of the input, then its own text. */
export function renderScript(script: Pick<Script, "text" | "files">): {
  script: Buffer;
  input: Buffer;
} {
  const files = Object.entries(script.files ?? {}).map(([name, data]) => {
    if (!/^[A-Za-z0-9_.-]+$/.test(name)) throw new Error(`"${name}" cannot name a script's file`);
    return { name, data: Buffer.from(data as string) };
  });
  const list = files.map(({ name, data }) => `${name} ${data.length}`).join(" ");
  return {
    script: Buffer.from(`${header}begin "$1" "$2" ${list}\n${script.text}\n`),
    input: Buffer.concat(files.map(({ data }) => data)),
  };
}

/** Begins a field in a script's output; see script.sh. */
const FIELD = "\u0001field ";

/** Takes the fields that `field` and `field_file` printed out of a script's output; the rest is the plain output. */
export function parseFields(stdout: Buffer): { fields: Record<string, string>; rest: string } {
  const fields: Record<string, string> = {};
  const rest: Buffer[] = [];
  let at = 0;
  while (at < stdout.length) {
    const newline = stdout.indexOf(10, at);
    const end = newline < 0 ? stdout.length : newline;
    const line = stdout.toString("latin1", at, end);
    const said = line.startsWith(FIELD) ? line.slice(FIELD.length) : "";
    const [, name, size] = /^([A-Za-z0-9_.-]+) (\d+)$/.exec(said) ?? [];
    if (name === undefined) {
      rest.push(stdout.subarray(at, newline < 0 ? end : end + 1));
      at = end + 1;
    } else {
      const from = end + 1;
      const to = from + Number(size);
      if (to > stdout.length) throw new Error(`the script's field "${name}" is cut short`);
      fields[name] = stdout.toString("utf8", from, to);
      at = to + 1;
    }
  }
  return { fields, rest: Buffer.concat(rest).toString("utf8") };
}
