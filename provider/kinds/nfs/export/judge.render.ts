import { shellSource } from "../../../host/shell-source";
import { quote } from "../../../host/quote";

/** The shell functions of this kind. */
export const exportFunctions = (): string => shellSource("kinds/nfs/export/export.sh");

/**
 * Shell script that has the server take up all exports and fails when one of these entries is not in its table then.
 * Pure.
 */
export function renderJudge(entries: readonly string[]): string {
  const lines = entries.map((entry) => `present ${quote(entry)} || missing=1`);
  return `${exportFunctions()}
missing=''
export_again "$0.said"
exportfs -s >"$0.table" 2>/dev/null || :
present() { entry=$1 awk 'index($0, ENVIRON["entry"]) == 1 { found = 1 } END { exit !found }' "$0.table"; }
${lines.join("\n")}
# A client that cannot be found by name is in the table, but nobody can use it.
if [ -z "$missing" ] && ! grep -q -e 'Failed to resolve' -e 'Invalid ' "$0.said"; then exit 0; fi
if [ -z "$missing" ]; then
  export_errors "$0.said" | grep -F ${renderClients(entries)} >"$0.ours" || exit 0
else
  export_errors "$0.said" >"$0.ours"
fi
sort -u "$0.ours"
exit 1
`;
}

function renderClients(entries: readonly string[]): string {
  return entries
    .map((entry) => `-e ${quote(entry.slice(entry.lastIndexOf("  ") + 2, -1))}`)
    .join(" ");
}
