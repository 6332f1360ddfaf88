import { type MountText, renderAutomountUnit, renderMountUnit } from "./units.render";

/** What a mount's units say, and what they hold besides. */
export interface ParsedMount extends MountText {
  /** Empty when the units are exactly as they are rendered. */
  extra: string;
}

/** Shown of what does not belong there, at most. */
const SHOWN = 500;

/** Reads a mount's units; `automount` is undefined when there is no such unit. Pure. */
export function parseUnits(where: string, mount: string, automount?: string): ParsedMount {
  const of = valuesOf(mount);
  const options = (of.get("Options") ?? "").split(",").filter(Boolean);
  const found: MountText = {
    where,
    what: of.get("What") ?? "",
    type: of.get("Type") ?? "",
    options: options.filter((option) => option !== "nofail" && option !== "_netdev"),
    network: options.includes("_netdev"),
    automount: automount !== undefined,
    idleTimeoutSeconds: seconds(valuesOf(automount ?? "").get("TimeoutIdleSec"), 0),
    timeoutSeconds: seconds(of.get("TimeoutSec"), 90),
  };
  const wrong = [
    mount === renderMountUnit(found) ? "" : mount,
    automount === undefined || automount === renderAutomountUnit(found) ? "" : automount,
  ];
  return { ...found, extra: wrong.join("").slice(0, SHOWN) };
}

function seconds(text: string | undefined, fallback: number): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : fallback;
}

/** The last value of each setting, without comments; percent signs are single again. */
function valuesOf(unit: string): Map<string, string> {
  const settings = [...unit.matchAll(/^([A-Za-z]+)=(.*)$/gm)];
  return new Map(settings.map(([, name, value]) => [name!, value!.trim().replaceAll("%%", "%")]));
}
