import { quote } from "../../../host/quote";
import { nsupdateScript } from "../../dns/tools.render";
import { type Apex, wantedApex } from "./apex";
import { canonicalElement, renderZoneConfig } from "./named-config";
import type { SeenZone } from "./observe";
import { renderApexUpdate, renderZoneFile } from "./render";
import type { zoneSchema } from "./schema";
import type { OwnInputsOf } from "../../../schema";

type Inputs = OwnInputsOf<typeof zoneSchema>;

/** One step towards the zone as it shall be. */
export interface ZoneStep {
  /** Shell text. Nothing is left to do when it is undefined. */
  text?: string;
  files?: Record<string, string>;
}

/** The next step from what is there to what shall be; throws where no step is ours to take. */
export function nextStep(inputs: Inputs, seen: SeenZone, serial: number): ZoneStep {
  const { name } = inputs;
  const { options, apex } = seen;
  if (options && seen.inNamedConf)
    throw new Error(
      `zone ${name} stands in named.conf, where it cannot be changed for good from here: take it out there, reload named, ` +
        "and set adopt: true, which keeps the records of a file left in place",
    );
  if (options && options.type !== "primary")
    throw new Error(
      `named has zone ${name} already, as ${options.type || "another type"} and not as primary: ` +
        `delete that one first (rndc delzone ${name})`,
    );
  const config = renderZoneConfig(seen.file, inputs);
  const wanted = wantedApex(inputs, serial);
  if (!options) return addZone(name, config, seen, wanted);
  if (!apex) {
    if (seen.fileExists) throw new Error(notLoaded(name, seen));
    // Neither in memory nor on disk: the journal alone is of no use to BIND.
    const { text, files } = addZone(name, config, seen, wanted);
    return { text: `rndc delzone ${quote(name)} >/dev/null\n${text}`, files };
  }
  const optionsStay =
    options.updatePolicy === "local" &&
    !options.checkIntegrity &&
    sameAccess(options.allowTransfer, inputs.allowTransfer);
  if (!optionsStay)
    return {
      text: `said=$(rndc modzone ${quote(name)} "$(cat "$in/config")" 2>&1) || fail "rndc modzone refused: $said"`,
      files: { config },
    };
  const update = renderApexUpdate(name, apex, wanted, !seen.fileExists);
  const sync = seen.fileExists ? "" : `\nrndc sync ${quote(name)}`;
  return update ? { text: `${nsupdateScript}${sync}`, files: { update } } : {};
}

/** What named says when it has a zone and cannot serve it. */
export function notLoaded(name: string, { file, status }: SeenZone): string {
  return (
    `named has zone ${name} and does not serve it (${status}): ` +
    `see named's log and \`named-checkzone -j ${name} ${file}\`, mend the file or take it away`
  );
}

function addZone(name: string, config: string, seen: SeenZone, apex: Apex): ZoneStep {
  const file = quote(seen.file);
  return {
    text: `if [ ! -e ${file} ]; then
  rm -f ${file}.jnl
  said=$(named-checkzone -i local ${quote(name)} "$in/zone" 2>&1) || fail "named-checkzone refuses the zone: $said"
  write_file ${file} ${seen.owner} ${seen.owner} 0644 "$in/zone"
else
  said=$(named-checkzone -i local -j ${quote(name)} ${file} 2>&1) ||
    fail "${seen.file} is there already and named-checkzone refuses it: $said"
fi
said=$(rndc addzone ${quote(name)} "$(cat "$in/config")" 2>&1) || case $said in
  *'already exists'*) fail ${quote(`named has an empty zone of its own for ${name}: give named.conf disable-empty-zone "${name}"`)} ;;
  *'permission denied'* | *'not allowed'*) fail "named takes no new zones: set allow-new-zones yes in named.conf ($said)" ;;
  *) fail "rndc addzone refused: $said" ;;
esac`,
    files: { zone: renderZoneFile(name, apex), config },
  };
}

function sameAccess(some: readonly string[], others: readonly string[]): boolean {
  const canonical = (list: readonly string[]) => [...new Set(list.map(canonicalElement))].sort();
  return canonical(some).join(" ") === canonical(others).join(" ");
}
