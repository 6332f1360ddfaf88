/** One line of a package source: where a distribution's packages come from. */
export interface AptSource {
  uri: string;
  suite: string;
  components: string[];
}

/** A file below /etc/apt that names package sources. */
export interface AptSourcesFile {
  path: string;
  text: string;
}

interface ParsedSource extends AptSource {
  types: string[];
  signedBy: string;
}

/**
 * The distribution's own sources for a release, out of all that a machine has: suites RELEASE,
 * RELEASE-updates and RELEASE-security with the component main, signed by Debian's keys. Sources of
 * third parties are left out. Formats: sources.list(5), one-line and deb822.
 */
export function debianSources(files: AptSourcesFile[], release: string): AptSource[] {
  const suites = ["", "-updates", "-security"].map((pocket) => release + pocket);
  const found = new Map<string, AptSource>();
  for (const file of files) {
    const sources = file.path.endsWith(".sources") ? parseDeb822(file.text) : parseList(file.text);
    for (const { types, uri, suite, components, signedBy } of sources) {
      const wanted =
        types.includes("deb") &&
        suites.includes(suite) &&
        components.includes("main") &&
        /^(https?|mirror\+file):/.test(uri) &&
        (signedBy === "" || signedBy.includes("debian-archive"));
      if (wanted && !found.has(suite)) found.set(suite, { uri, suite, components: ["main"] });
    }
  }
  return suites.flatMap((suite) => found.get(suite) ?? []);
}

function parseList(text: string): ParsedSource[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!match) return [];
    const [, type = "", options = "", uri = "", suite = "", components = ""] = match;
    const signedBy = /signed-by=(\S+)/i.exec(options)?.[1] ?? "";
    return [{ types: [type], uri, suite, components: words(components), signedBy }];
  });
}

function parseDeb822(text: string): ParsedSource[] {
  return text.split(/\n(?:[ \t]*\n)+/).flatMap((stanza) => {
    const fields = new Map<string, string>();
    let field = "";
    for (const line of stanza.split("\n").filter((line) => !line.startsWith("#"))) {
      const match = /^([A-Za-z-]+):(.*)$/.exec(line);
      field = match?.[1]?.toLowerCase() ?? field;
      fields.set(field, `${fields.get(field) ?? ""} ${match ? match[2] : line}`.trim());
    }
    const get = (name: string): string[] => words(fields.get(name) ?? "");
    if (fields.get("enabled")?.toLowerCase() === "no") return [];
    return get("uris").flatMap((uri) =>
      get("suites").map((suite) => ({
        types: get("types"),
        uri,
        suite,
        components: get("components"),
        signedBy: fields.get("signed-by") ?? "",
      })),
    );
  });
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

/**
 * The text of a sources.list. With `throughCache`, an https source is written the way apt-cacher-ng
 * wants it, since a cache sees nothing of what goes through it encrypted.
 */
export function renderSourcesList(
  sources: AptSource[],
  options: { throughCache: boolean },
): string {
  const lines = sources.map(({ uri, suite, components }) => {
    const cached = options.throughCache ? uri.replace(/^https:\/\//, "http://HTTPS///") : uri;
    return `deb ${cached} ${suite} ${components.join(" ")}\n`;
  });
  return lines.join("");
}
