import { quote } from "../../../host/quote";

/** Where dumps are kept, on the database's host, for root alone. */
export const dumpFolder = "/var/backups/labwright/postgresql";

/** The beginning of a dump's file name. Pure. */
export function dumpName(database: string): string {
  return encodeURIComponent(database).replace(/^\./, "%2E");
}

/**
 * Shell text that lets nobody into the database any more, dumps it and gives the field `dump`. Fails, and lets everybody in
 * again, when there is no whole dump. `close` and `open` are statements in files. Pure.
 */
export function renderDump(database: string): string {
  return `mkdir -p ${dumpFolder}
dump=${dumpFolder}/${quote(dumpName(database))}-$(date -u +%Y%m%dT%H%M%SZ).dump
while [ -e "$dump" ]; do dump=\${dump%.dump}+.dump; done
undumped() {
  rm -f -- "$dump.new"
  pg_sql postgres "$in/open" >/dev/null || :
  fail ${quote(`database ${database} was not dropped: its dump failed`)}
}
pg_sql postgres "$in/close" >/dev/null
pg_run ${quote(database)} pg_dump -Fc >"$dump.new" || undumped
# The table of contents is at the end of what can be read: a dump that was cut short has none.
pg_run postgres pg_restore --list <"$dump.new" >/dev/null || undumped
sync_file "$dump.new"
mv -- "$dump.new" "$dump"
field dump "$dump"`;
}
