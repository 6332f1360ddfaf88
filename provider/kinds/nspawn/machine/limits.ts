import type { OwnInputsOf } from "../../../schema";
import { parseSettings, renderSettings, type Setting } from "../settings-file";
import type { machineSchema } from "./schema";

export type Limits = OwnInputsOf<typeof machineSchema>["limits"];

const MIB = 1024 * 1024;

/** How a limit is called in a unit file, in `systemctl show`, and how it is written in each. */
const entries: Record<
  keyof Limits,
  {
    setting: string;
    property: string;
    render(value: number): string;
    parse(shown: string): number | undefined;
  }
> = {
  memoryMaxMiB: {
    setting: "MemoryMax",
    property: "MemoryMax",
    render: (n) => `${n}M`,
    parse: mebibytes,
  },
  memoryHighMiB: {
    setting: "MemoryHigh",
    property: "MemoryHigh",
    render: (n) => `${n}M`,
    parse: mebibytes,
  },
  cpuQuotaPercent: {
    setting: "CPUQuota",
    property: "CPUQuotaPerSecUSec",
    render: (n) => `${n}%`,
    parse: (shown) => (/%$/.test(shown) ? Number.parseInt(shown, 10) : percentOfSecond(shown)),
  },
  cpuWeight: { setting: "CPUWeight", property: "CPUWeight", render: String, parse: whole },
  ioWeight: { setting: "IOWeight", property: "IOWeight", render: String, parse: whole },
  tasksMax: { setting: "TasksMax", property: "TasksMax", render: String, parse: whole },
};

const names = Object.keys(entries) as (keyof Limits)[];

/** Properties of the unit that show the limits, as `systemctl show` calls them. */
export const limitProperties = names.map((name) => entries[name].property);

/** The unit's drop-in; undefined when nothing is limited. Pure. */
export function renderLimits(limits: Limits): string | undefined {
  const lines = names.flatMap((name): Setting[] => {
    const value = limits[name];
    return value === undefined ? [] : [[entries[name].setting, entries[name].render(value)]];
  });
  return lines.length > 0 ? renderSettings([["Service", lines]]) : undefined;
}

/**
 * The limits as they are: what the unit is limited to by `systemctl show`, as far as limits are managed, and what the
 * drop-in says where somebody has changed that alone. Pure.
 */
export function observedLimits(
  prior: Limits | undefined,
  shown: string,
  dropIn: string | undefined,
): Limits {
  const properties = new Map(
    shown
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const lines = new Map(
    parseSettings(dropIn ?? "").find(([section]) => section === "Service")?.[1] ?? [],
  );
  const observed: Limits = {};
  for (const name of names) {
    const { setting, property, parse } = entries[name];
    const written = lines.get(setting);
    if (prior?.[name] === undefined && written === undefined) continue;
    const inFile = written === undefined ? undefined : parse(written);
    const effective = parse(properties.get(property) ?? "");
    const value = inFile === prior?.[name] ? effective : inFile;
    if (value !== undefined) observed[name] = value;
  }
  return observed;
}

function whole(shown: string): number | undefined {
  return /^\d+$/.test(shown) ? Number(shown) : undefined;
}

function mebibytes(shown: string): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(shown) ?? [];
  const factor = { "": 1, K: 1024, M: MIB, G: 1024 * MIB, T: MIB * MIB }[unit];
  return number === undefined ? undefined : Math.floor((Number(number) * factor!) / MIB);
}

/** `1.500s`, `500ms`, `1min 40s`: time spans as systemd writes them (systemd.time(7)). */
function percentOfSecond(shown: string): number | undefined {
  const seconds: Record<string, number> = { us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600 };
  const parts = [...shown.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|min|h)(?: |$)/g)];
  if (parts.length === 0) return undefined;
  return Math.round(parts.reduce((sum, [, n, unit]) => sum + Number(n) * seconds[unit!]!, 0) * 100);
}
