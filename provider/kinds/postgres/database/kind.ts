import { describeHost } from "../../../host/errors";
import { quote } from "../../../host/quote";
import { kind } from "../../../kind";
import { givesRow, onCluster, postgresFunctions } from "../functions.render";
import { joinName, parseClusterAndName } from "../name";
import { sqlIdentifier } from "../sql";
import { checkDatabase } from "./check";
import { renderDump } from "./dump.render";
import {
  extensionsQuery,
  ownExtensions,
  renderClose,
  renderDatabase,
  renderDatabaseExists,
  renderDatabaseQuery,
  renderInside,
} from "./render";
import { databaseSchema } from "./schema";

/** What the catalog says of a database. */
interface Seen {
  owner: string;
  encoding: string;
  collate: string;
  ctype: string;
  connectionLimit: number;
  /** What every role may do with it. */
  public: string[];
}

/** Changes inside one database go one at a time: PostgreSQL refuses two that touch the same row of its catalog. */
export function databaseLock(cluster: string, name: string): string {
  return `postgresql database ${joinName(cluster, name)}`;
}

/** `labwright:postgres:Database`. */
export const databaseKind = kind<typeof databaseSchema>({
  schema: databaseSchema,
  check: checkDatabase,
  physical: ({ cluster, name }) => joinName(cluster, name),
  parse: parseClusterAndName,

  async read(ctx, { physical, prior }) {
    const { cluster, name } = parseClusterAndName(physical)!;
    const { fields } = await ctx.host.query({
      step: `look at database ${name}`,
      text: `${onCluster(cluster)}
pg_field seen postgres "$in/sql"
[ -s "$in/.rows" ] || exit 0
pg_field extensions ${quote(name)} "$in/inside"`,
      files: { sql: renderDatabaseQuery(name), inside: extensionsQuery },
    });
    if (!fields.seen?.trim()) return undefined;
    const seen = JSON.parse(fields.seen) as Seen;
    const found = JSON.parse(fields.extensions!) as string[];
    return {
      cluster,
      name,
      owner: seen.owner,
      encoding: seen.encoding,
      locale: seen.collate === seen.ctype ? seen.collate : `${seen.collate} ${seen.ctype}`,
      connectionLimit: seen.connectionLimit,
      extensions: ownExtensions(prior?.extensions ?? found.filter((e) => e !== "plpgsql"), found),
      publicAccess: publicAccess(seen.public, prior?.publicAccess),
    };
  },

  async apply(ctx, { inputs, prior }) {
    const { cluster, name } = inputs;
    const { fields } = await ctx.change({
      step: `bring database ${name} to its state`,
      text: `${onCluster(cluster)}
pg_sql postgres "$in/sql" >/dev/null
if [ -s "$in/inside" ]; then pg_field inside ${quote(name)} "$in/inside"; fi`,
      files: { sql: renderDatabase(inputs), inside: renderInside(inputs, prior) },
      exists: givesRow(cluster, "postgres", renderDatabaseExists(name)),
      lock: databaseLock(cluster, name),
    });
    if (fields.inside?.trim() === "kept")
      ctx.warn(
        `what ${prior!.owner} owns in database ${name} stays its own, because it owns other databases too; ` +
          `move it with ALTER ... OWNER TO`,
      );
    return {};
  },

  async remove(ctx, state) {
    const { cluster, name, keepDump, connectionLimit } = state;
    const result = await ctx.release({
      step: `drop database ${name}`,
      text: `[ "$adopted" = 0 ] || exit 0
${postgresFunctions()}
pg_find ${quote(cluster)}
[ "$pg_version" ] || exit 0
pg_need ${quote(cluster)}
[ "$(pg_sql postgres "$in/exists")" ] || exit 0
${keepDump ? renderDump(name) : ""}
pg_sql postgres "$in/drop" >/dev/null`,
      files: {
        exists: renderDatabaseExists(name),
        close: renderClose(name),
        open: `alter database ${sqlIdentifier(name)} connection limit ${connectionLimit};\n`,
        drop: `drop database ${sqlIdentifier(name)} with (force);\n`,
      },
      lock: databaseLock(cluster, name),
    });
    const dump = result?.fields.dump;
    if (dump)
      ctx.warn(
        `database ${name} is dropped; its dump is ${dump} on ${describeHost(ctx.host.connection)}`,
      );
  },
});

/** Connecting and temporary tables belong together here; with one of the two it is neither. */
function publicAccess(found: readonly string[], wanted: boolean | undefined): boolean {
  const has = ["CONNECT", "TEMPORARY"].filter((privilege) => found.includes(privilege)).length;
  return has === 1 ? !wanted : has === 2;
}
