import { type Context, kind } from "../../../kind";
import type { InputsOf } from "../../../schema";
import { givesRow, onCluster, postgresFunctions } from "../functions.render";
import { joinName, parseClusterAndName } from "../name";
import { scramVerifier, verifies } from "../scram";
import { sqlIdentifier, sqlLiteral } from "../sql";
import { quote } from "../../../host/quote";
import { checkRole } from "./check";
import { renderRole, renderRoleQuery } from "./render";
import { roleSchema } from "./schema";

type Role = InputsOf<typeof roleSchema>;

/** What the catalog says of a role. */
type Seen = Omit<Role, "host" | "adopt" | "cluster" | "name" | "password"> & {
  verifier: string | null;
};

/** `labwright:postgres:Role`. */
export const roleKind = kind<typeof roleSchema>({
  schema: roleSchema,
  check: checkRole,
  physical: ({ cluster, name }) => joinName(cluster, name),
  parse: parseClusterAndName,

  async read(ctx, { physical, prior }) {
    const { cluster, name } = parseClusterAndName(physical)!;
    const seen = await look(ctx, cluster, name);
    if (!seen) return undefined;
    const { verifier, memberOf, ...rest } = seen;
    const known = prior?.password !== undefined && verifies(verifier, prior.password);
    return {
      cluster,
      name,
      ...rest,
      memberOf: sameMembers(memberOf, prior?.memberOf) ? prior!.memberOf : memberOf,
      // What the password is cannot be seen, only that it is not this one.
      password: known ? prior.password : undefined,
    };
  },

  async apply(ctx, { inputs, prior }) {
    const { cluster, name } = inputs;
    await ctx.change({
      step: `bring role ${name} to its state`,
      text: `${onCluster(cluster)}
pg_sql postgres "$in/sql" >/dev/null`,
      files: { sql: renderRole(inputs, await newVerifier(ctx, inputs, prior)) },
      exists: givesRow(
        cluster,
        "postgres",
        `select 1 from pg_catalog.pg_roles where rolname = ${sqlLiteral(name)};`,
      ),
    });
    return {};
  },

  async remove(ctx, { cluster, name }) {
    await ctx.release({
      step: `drop role ${name}`,
      text: `[ "$adopted" = 0 ] || exit 0
${postgresFunctions()}
pg_find ${quote(cluster)}
[ "$pg_version" ] || exit 0
pg_need ${quote(cluster)}
printf '%s\\n' ${quote(`drop role if exists ${sqlIdentifier(name)};`)} >"$in/sql"
pg_sql postgres "$in/sql"`,
    });
  },
});

async function look(ctx: Context, cluster: string, name: string): Promise<Seen | undefined> {
  const { fields } = await ctx.host.query({
    step: `look at role ${name}`,
    text: `${onCluster(cluster)}
pg_field seen postgres "$in/sql"`,
    files: { sql: renderRoleQuery(name) },
  });
  return fields.seen?.trim() ? (JSON.parse(fields.seen) as Seen) : undefined;
}

/** The verifier to store: undefined when the one that is there will do, null for none. */
async function newVerifier(
  ctx: Context,
  { cluster, name, password, adopt }: Role,
  prior: { password?: string } | undefined,
): Promise<string | null | undefined> {
  if (password === undefined) return prior?.password === undefined ? undefined : null;
  const there = prior || adopt ? await look(ctx, cluster, name) : undefined;
  return verifies(there?.verifier, password) ? undefined : scramVerifier(password);
}

function sameMembers(found: readonly string[], known: readonly string[] = []): boolean {
  return JSON.stringify([...found].sort()) === JSON.stringify([...known].sort());
}
