/** One line of a settings file. */
export type Setting = readonly [name: string, value: string];

/** A settings file's sections, in order, each with its lines in order. */
export type Sections = readonly (readonly [section: string, settings: readonly Setting[]])[];

/** The text of a settings file; sections without a line are left out. Pure. */
export function renderSettings(sections: Sections): string {
  return sections
    .filter(([, settings]) => settings.length > 0)
    .map(([section, settings]) => {
      const lines = settings.map(([name, value]) => `${name}=${value}\n`);
      return `[${section}]\n${lines.join("")}`;
    })
    .join("\n");
}

/**
 * What stands in a settings file, as systemd's own parser takes it (config_parse() in its source): lines that end in a
 * backslash go on, those that begin with # or ; are comments, space around names and values does not count. Pure.
 */
export function parseSettings(text: string): [section: string, settings: Setting[]][] {
  const sections: [string, Setting[]][] = [];
  let current: Setting[] | undefined;
  for (const line of logicalLines(text)) {
    const section = /^\[(.*)\]$/.exec(line)?.[1];
    if (section !== undefined) {
      current = sections.find(([name]) => name === section)?.[1];
      if (!current) sections.push([section, (current = [])]);
      continue;
    }
    const at = line.indexOf("=");
    if (at > 0) current?.push([trim(line.slice(0, at)), trim(line.slice(at + 1))]);
  }
  return sections;
}

function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let begun: string | undefined;
  for (const raw of text.split(/\r?\n|\r/)) {
    const line = raw.replace(/^[ \t\n\r]+/, "");
    if (line === "" && begun === undefined) continue;
    // A comment between the parts of a line does not end it.
    if (/^[#;]/.test(line)) continue;
    const whole = begun === undefined ? raw : begun + raw;
    // An even number of backslashes is so many of them; an odd one goes on.
    const trailing = /\\*$/.exec(whole)![0].length;
    if (trailing % 2 === 1) begun = `${whole.slice(0, -1)} `;
    else {
      lines.push(trim(whole));
      begun = undefined;
    }
  }
  if (begun !== undefined) lines.push(trim(begun));
  return lines;
}

function trim(text: string): string {
  return text.replace(/^[ \t\n\r]+|[ \t\n\r]+$/g, "");
}
