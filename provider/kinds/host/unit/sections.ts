/** Sections of a unit file: values by directive, by section. A directive with several values stands once for each. */
export type Sections = Record<string, Record<string, string[]>>;

/** The order in which people write them; what is between them goes by the alphabet. */
function rank(section: string): string {
  return section === "Unit" ? "0" : section === "Install" ? "2" : `1${section}`;
}

/**
 * Renders a unit file. Pulumi keeps no order of names, so directives go by the alphabet; values of one directive keep
 * theirs. The values are systemd's own words and have passed `checkSections()`. Pure.
 */
export function renderUnit(sections: Sections): string {
  return Object.keys(sections)
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
    .map((section) => {
      const lines = Object.entries(sections[section]!)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([directive, values]) => values.map((value) => `${directive}=${value}\n`));
      return `[${section}]\n${lines.join("")}`;
    })
    .join("\n");
}

/**
 * Reads a unit file as systemd does (systemd.syntax(7)): comments and what is no assignment left out, lines that end in a
 * backslash joined, sections that come twice put together. Pure.
 */
export function parseUnit(text: string): Sections {
  const sections: Sections = {};
  let section: Record<string, string[]> | undefined;
  let begun = "";
  for (const raw of text.split("\n")) {
    const line = trim(raw);
    // A comment between the lines of one value does not end it.
    if (/^[#;]/.test(line)) continue;
    if (line.endsWith("\\")) {
      begun += `${line.slice(0, -1)} `;
      continue;
    }
    const whole = trim(begun + line);
    begun = "";
    const header = /^\[([^\]]+)\]$/.exec(whole);
    if (header) section = sections[header[1]!] ??= {};
    const equals = whole.indexOf("=");
    if (header || !section || equals < 1) continue;
    (section[trim(whole.slice(0, equals))] ??= []).push(trim(whole.slice(equals + 1)));
  }
  return sections;
}

/** Without what systemd takes for white space at the ends; other spaces of Unicode belong to a value. */
function trim(text: string): string {
  return text.replace(/^[ \t\r]+|[ \t\r]+$/g, "");
}
