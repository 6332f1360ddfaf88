import { quote } from "../../host/quote";
import { shellSource } from "../../host/shell-source";

/** Shell text: the functions of PostgreSQL's kinds. */
export function postgresFunctions(): string {
  return shellSource("kinds/postgres/postgres.sh");
}

/** Shell text: the same, with the cluster found; fails unless it runs. */
export function onCluster(cluster: string): string {
  return `${postgresFunctions()}
pg_need ${quote(cluster)}`;
}

/** Shell text that succeeds when the statement gives a row: for `exists`. */
export function givesRow(cluster: string, database: string, statement: string): string {
  return `${onCluster(cluster)}
printf '%s\\n' ${quote(statement)} >"$in/.exists"
[ "$(pg_sql ${quote(database)} "$in/.exists")" ]`;
}
