import { canonicalName } from "../../../../validation/dns-name";
import type { Context } from "../../../kind";
import { parseAnswers } from "../../dns/answer.parse";
import { type Question, renderDig, renderShowZone } from "../../dns/tools.render";
import { type Apex, parseApex, serversInZone } from "./apex";
import { parseZoneConfig, type ZoneOptions } from "./named-config";

/** What named has of a zone. */
export interface SeenZone {
  /** Undefined when named has no such zone. */
  options?: ZoneOptions;
  /** The zone's file; where a new one goes when named has no such zone. */
  file: string;
  /** The file is there. */
  fileExists: boolean;
  /** The zone stands in named.conf, so `rndc modzone` does not last. */
  inNamedConf: boolean;
  /** Undefined when named does not serve the zone. */
  apex?: Apex;
  /** What named says to a question for the zone when it does not serve it. */
  status: string;
  /** User and group of named, who writes zone files. */
  owner: string;
}

/** Where the distributions let named write zone files: Debian, Rocky, Alpine. */
const FOLDERS = ["/var/lib/bind", "/var/named/dynamic", "/var/bind/dyn"];

function renderObservation(zone: string, questions: readonly Question[]): string {
  return `${renderShowZone(zone)}
folder=''
for candidate in ${FOLDERS.join(" ")}; do
  if [ -d "$candidate" ]; then folder=$candidate; break; fi
done
field config "$zone"
if [ "$zone" ]; then
  case $(rndc zonestatus ${zone} 2>&1) in *'via modzone: no'*) field named_conf 1 ;; esac
  ${renderDig(questions)}
  printf '%s\\n' "$answers"
else
  [ "$folder" ] || fail 'no folder for zone files: none of ${FOLDERS.join(", ")} is there'
  file=$folder/${zone}.zone
fi
field file "$file"
if [ "$file" ] && [ ! -e "$file" ]; then field missing 1; fi
for candidate in bind named; do
  if id -u "$candidate" >/dev/null 2>&1; then field owner "$candidate"; break; fi
done`;
}

/**
 * Looks at a zone. `glue` names the name servers whose addresses belong to it; left out, those of its NS records do.
 */
export async function observeZone(
  ctx: Context,
  zone: string,
  glue: readonly string[] | undefined,
): Promise<SeenZone> {
  const apexName = canonicalName(zone);
  const questions = [
    { name: apexName, type: "SOA" },
    { name: apexName, type: "NS" },
    ...(glue ?? []).map(canonicalName).flatMap((name) => [
      { name, type: "A" },
      { name, type: "AAAA" },
    ]),
  ];
  const step = `look at zone ${zone}`;
  const text = renderObservation(zone, questions);
  const { stdout, fields } = await ctx.host.query({ step, text });
  const answers = parseAnswers(stdout);
  const apex = parseApex(zone, answers, glue ?? []);
  if (!glue && apex) {
    const servers = apex.records.filter(({ type }) => type === "NS").map(({ data }) => data);
    return observeZone(ctx, zone, serversInZone(zone, servers));
  }
  return {
    options: fields.config ? parseZoneConfig(fields.config) : undefined,
    file: fields.file ?? "",
    fileExists: fields.missing !== "1",
    inNamedConf: fields.named_conf === "1",
    apex,
    status: answers[0]?.status ?? "no answer",
    owner: fields.owner ?? "root",
  };
}
