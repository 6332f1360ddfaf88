import { quote } from "../../../host/quote";
import { postgresFunctions } from "../functions.render";

/** Statement that gives what PostgreSQL has against the lines of pg_hba.conf as it is now. */
const errors = `select 'line ' || line_number || ': ' || error from pg_catalog.pg_hba_file_rules where error is not null order by line_number;`;

/** Shell script, for a file of its own beside a change's others, that judges pg_hba.conf. Pure. */
export function renderHbaJudge(cluster: string): string {
  return `set -eu
in=\${0%/*}
fail() { printf '%s\\n' "$1" >&2; exit 1; }
${postgresFunctions()}
pg_need ${quote(cluster)}
echo ${quote(errors)} >"$in/.errors"
said=$(pg_sql postgres "$in/.errors")
[ -z "$said" ] || fail "$said"
`;
}
