import { canonicalName } from "../../../../validation/dns-name";
import { renderDig, renderShowZone } from "../tools.render";

/**
 * Shell text that asks the host's own name server for all records of a name, and of one made up beside it, which tells
 * what only stems from a wildcard. About a zone that is not served the field `zone` says what named knows of it:
 * `unknown`, `lost` (its file is gone) or its configuration.
 */
export function renderQuestion({ zone, owner }: { zone: string; owner: string }): string {
  const names = [owner];
  if (owner !== canonicalName(zone)) names.push(`_${owner.slice(owner.indexOf("."))}`);
  return `${renderDig(names.map((name) => ({ name, type: "ANY" })))}
printf '%s\\n' "$answers"
case $answers in *'flags: qr aa'*) exit 0 ;; esac
${renderShowZone(zone)}
if [ ! "$zone" ]; then field zone unknown
elif [ "$file" ] && [ ! -e "$file" ]; then field zone lost
else field zone "$zone"; fi`;
}
