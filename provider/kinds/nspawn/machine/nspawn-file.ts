import { nspawnSections } from "../../../../validation/nspawn";
import type { OwnInputsOf } from "../../../schema";
import { parseSettings, renderSettings, type Setting } from "../settings-file";
import type { machineSchema } from "./schema";
import { escapePath, quoteWord, splitAtColons, splitWords } from "./words";

/** The inputs that stand in a container's settings file. */
export type FileInputs = Pick<
  OwnInputsOf<typeof machineSchema>,
  "exec" | "network" | "files" | "settings"
>;

/** How one field stands in the file: its lines, and what they say. A field that is not there has no line. */
interface Entry<T> {
  /** Names of the lines, first the one that is written. */
  names: readonly string[];
  render(value: T): Setting[];
  parse(lines: readonly Setting[]): T | undefined;
}

type Entries<T> = { [K in keyof T]-?: Entry<NonNullable<T[K]>> };

const last = (lines: readonly Setting[]): string | undefined => lines.at(-1)?.[1] || undefined;

const word = <T extends string>(name: string): Entry<T> => ({
  names: [name],
  render: (value) => [[name, value]],
  parse: (lines) => last(lines) as T | undefined,
});

const truth = (name: string): Entry<boolean> => ({
  names: [name],
  render: (value) => [[name, value ? "yes" : "no"]],
  parse: (lines) => {
    const value = last(lines)?.toLowerCase();
    return value === undefined ? undefined : /^(1|yes|y|true|t|on)$/.test(value);
  },
});

/** Words on one line, or on several. */
const words = (name: string): Entry<string[]> => ({
  names: [name],
  render: (items) => (items.length > 0 ? [[name, items.join(" ")]] : []),
  parse: (lines) => someOrNone(sinceEmpty(lines).flatMap(([, value]) => splitWords(value))),
});

type Inputs = FileInputs;

const exec: Entries<Inputs["exec"]> = {
  ephemeral: truth("Ephemeral"),
  hostname: word("Hostname"),
  privateUsers: word("PrivateUsers"),
  environment: {
    names: ["Environment"],
    render: (values) =>
      Object.entries(values)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => ["Environment", quoteWord(`${name}=${value}`)]),
    parse: (lines) => {
      const found = sinceEmpty(lines)
        .flatMap(([, value]) => splitWords(value))
        .filter((item) => item.includes("="))
        .map((item) => [item.slice(0, item.indexOf("=")), item.slice(item.indexOf("=") + 1)]);
      return found.length > 0 ? (Object.fromEntries(found) as Record<string, string>) : undefined;
    },
  },
};

const network: Entries<Omit<Inputs["network"], "address" | "gateway">> = {
  private: truth("Private"),
  virtualEthernet: truth("VirtualEthernet"),
  bridge: word("Bridge"),
  zone: word("Zone"),
  macvlan: words("MACVLAN"),
  ports: {
    names: ["Port"],
    render: (ports) =>
      ports.map(({ protocol, host, container }) => ["Port", `${protocol}:${host}:${container}`]),
    parse: (lines) => someOrNone(sinceEmpty(lines).map(([, value]) => parsePort(value))),
  },
};

const files: Entries<Inputs["files"]> = {
  binds: {
    names: ["Bind", "BindReadOnly"],
    render: (binds) =>
      binds.map(({ source, path, readOnly, idmap }) => [
        readOnly ? "BindReadOnly" : "Bind",
        `${escapePath(source)}:${escapePath(path)}:rbind${idmap ? ",idmap" : ""}`,
      ]),
    parse: (lines) =>
      someOrNone(
        lines.map(([name, value]) => {
          const [source = "", path, options = ""] = splitAtColons(value, 3);
          return {
            source,
            path: path ?? source.replace(/^\+/, ""),
            readOnly: name === "BindReadOnly",
            idmap: options.split(",").includes("idmap"),
          };
        }),
      ),
  },
};

const typed = { Exec: exec, Network: network, Files: files } as const;

/** The field that a line of a section is set by, when it has one: `exec.hostname` for Hostname in [Exec]. */
export function fieldOf(section: string, name: string): string | undefined {
  const entries = Object.entries(
    (typed as Record<string, Record<string, { names: readonly string[] }>>)[section] ?? {},
  );
  const field = entries.find(([, { names }]) => names.includes(name))?.[0];
  return field && `${section.toLowerCase()}.${field}`;
}

/** The settings file of a container. Pure. */
export function renderNspawnFile({ exec: e, network: n, files: f, settings }: FileInputs): string {
  const given = { Exec: e, Network: n, Files: f } as Record<string, Record<string, unknown>>;
  return renderSettings(
    nspawnSections.map((section) => [
      section,
      [
        ...Object.entries(typed[section] as Record<string, Entry<unknown>>).flatMap(
          ([field, entry]) =>
            given[section]![field] === undefined ? [] : entry.render(given[section]![field]),
        ),
        ...Object.entries(settings[section] ?? {})
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .flatMap(([name, values]) => values.map((value): Setting => [name, value])),
      ],
    ]),
  );
}

/** What a settings file says, in the inputs' own terms. Pure. */
export function parseNspawnFile(text: string): FileInputs {
  const found: Record<string, Record<string, unknown>> = { Exec: {}, Network: {}, Files: {} };
  const settings: Record<string, Record<string, string[]>> = {};
  for (const [section, lines] of parseSettings(text)) {
    const entries = Object.entries(
      (typed as Record<string, Record<string, Entry<unknown>>>)[section] ?? {},
    );
    for (const [field, { names, parse }] of entries) {
      const own = lines.filter(([name]) => names.includes(name));
      const value = own.length > 0 ? parse(own) : undefined;
      if (value !== undefined) found[section]![field] = value;
    }
    for (const [name, value] of lines) {
      if (!fieldOf(section, name)) ((settings[section] ??= {})[name] ??= []).push(value);
    }
  }
  return { exec: found.Exec, network: found.Network, files: found.Files, settings } as FileInputs;
}

function sinceEmpty(lines: readonly Setting[]): readonly Setting[] {
  return lines.slice(lines.findLastIndex(([, value]) => value === "") + 1);
}

function someOrNone<T>(items: T[]): T[] | undefined {
  return items.length > 0 ? items : undefined;
}

function parsePort(value: string) {
  const [, protocol = "tcp", host = "0", container = host] =
    /^(?:(tcp|udp):)?(\d+)(?::(\d+))?$/.exec(value) ?? [];
  return { protocol: protocol as "tcp", host: Number(host), container: Number(container) };
}
