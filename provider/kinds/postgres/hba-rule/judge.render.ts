import { quote } from "../../../host/quote";
import { onCluster } from "../functions.render";

/** Statement that gives what PostgreSQL has against the lines of pg_hba.conf as it is now. */
const errors =
  "select line_number || ' ' || error from pg_catalog.pg_hba_file_rules where error is not null order by line_number;";

/**
 * Shell script, for a file of its own beside a change's others, that judges pg_hba.conf. It fails for what is wrong with this
 * rule's line, or with one that nobody here keeps: PostgreSQL would go on with the rules it had. Lines of other rules are noted in
 * the file `others`: they are mended by themselves. Pure.
 */
export function renderHbaJudge(cluster: string, tag: string): string {
  return `set -eu
in=\${0%/*}
fail() { printf '%s\\n' "$1" >&2; exit 1; }
${onCluster(cluster)}
echo 'show hba_file;' >"$in/.hba"
hba=$(pg_sql postgres "$in/.hba")
echo ${quote(errors)} >"$in/.errors"
pg_sql postgres "$in/.errors" >"$in/.wrong"
: >"$in/others"
while read -r line error; do
  tag=$(sed -n "\${line}s/^.* # labwright [0-9][0-9]* \\([^ ]*\\)$/\\1/p" "$hba")
  if [ -z "$tag" ] || [ "$tag" = ${quote(tag)} ]; then fail "line $line: $error"; fi
  echo "line $line: $error" >>"$in/others"
done <"$in/.wrong"
`;
}
