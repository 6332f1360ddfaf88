import { quote } from "../../../host/quote";
import { kind } from "../../../kind";
import { databaseLock } from "../database/kind";
import { renderDatabaseExists } from "../database/render";
import { givesRow, onCluster, postgresFunctions } from "../functions.render";
import { joinName, splitName } from "../name";
import { checkGrant } from "./check";
import {
  observedPrivileges,
  renderGrant,
  renderGrantQuery,
  renderRevoke,
  type SeenPrivileges,
} from "./render";
import { grantSchema, privilegesOn } from "./schema";

type On = keyof typeof privilegesOn;

/** `labwright:postgres:Grant`. */
export const grantKind = kind<typeof grantSchema>({
  schema: grantSchema,
  check: checkGrant,
  physical: ({ cluster, database, role, on, schema }) =>
    on === "database"
      ? joinName(cluster, database, role, on)
      : joinName(cluster, database, role, on, schema),
  parse: (physical) => {
    const parts = splitName(physical, 4) ?? splitName(physical, 5);
    if (
      !parts ||
      !Object.hasOwn(privilegesOn, parts[3]!) ||
      (parts.length === 4) !== (parts[3] === "database")
    )
      return undefined;
    const [cluster, database, role, on, schema = "public"] = parts as [
      string,
      string,
      string,
      On,
      string?,
    ];
    return { cluster, database, role, on, schema };
  },

  async read(ctx, { physical, prior }) {
    const grant = { ...grantKind.parse(physical)! } as Parameters<typeof renderGrantQuery>[0] & {
      cluster: string;
    };
    const { cluster, database } = grant;
    const { fields } = await ctx.host.query({
      step: `look at the privileges ${physical}`,
      text: `${onCluster(cluster)}
[ "$(pg_sql postgres "$in/exists")" ] || exit 0
pg_field seen ${quote(database)} "$in/sql"`,
      files: { sql: renderGrantQuery(grant), exists: renderDatabaseExists(database) },
    });
    if (!fields.seen?.trim()) return undefined;
    const seen = JSON.parse(fields.seen) as SeenPrivileges;
    const privileges = observedPrivileges(seen, prior?.privileges);
    const futureOf = observedFuture(seen, prior);
    if (privileges.length === 0 && futureOf === undefined) return undefined;
    return { ...grant, privileges, futureOf };
  },

  async apply(ctx, { inputs, prior }) {
    const { cluster, database } = inputs;
    const before = prior?.futureOf === undefined ? [] : [prior.futureOf];
    await ctx.change({
      step: `grant the privileges ${grantKind.physical(inputs)}`,
      text: `${onCluster(cluster)}
pg_sql ${quote(database)} "$in/sql" >/dev/null`,
      files: { sql: renderGrant(inputs, before) },
      exists: givesRow(
        cluster,
        database,
        `select 1 from (${renderGrantQuery(inputs).replace(/;\n$/, "")}) s (seen) where seen::pg_catalog.jsonb operator(pg_catalog.->) 'privileges' operator(pg_catalog.<>) '{}';`,
      ),
      lock: databaseLock(cluster, database),
    });
    return {};
  },

  async remove(ctx, state) {
    const { cluster, database } = state;
    await ctx.release({
      step: `revoke the privileges ${grantKind.physical(state)}`,
      text: `[ "$adopted" = 0 ] || exit 0
${postgresFunctions()}
pg_find ${quote(cluster)}
[ "$pg_version" ] || exit 0
pg_need ${quote(cluster)}
[ "$(pg_sql postgres "$in/exists")" ] && [ "$(pg_sql ${quote(database)} "$in/look")" ] || exit 0
pg_sql ${quote(database)} "$in/sql" >/dev/null`,
      files: {
        exists: renderDatabaseExists(database),
        look: renderGrantQuery(state),
        sql: renderRevoke(state),
      },
      lock: databaseLock(cluster, database),
    });
  },
});

/** Whose future objects get the wanted privileges, exactly them. */
function observedFuture(
  { future }: SeenPrivileges,
  prior: { futureOf?: string; privileges: readonly string[] } | undefined,
): string | undefined {
  if (!prior) return Object.keys(future)[0];
  if (prior.futureOf === undefined) return undefined;
  const found = future[prior.futureOf];
  return JSON.stringify(found) === JSON.stringify([...prior.privileges].sort())
    ? prior.futureOf
    : undefined;
}
