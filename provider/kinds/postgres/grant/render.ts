import type { InputsOf } from "../../../schema";
import { sqlIdentifier, sqlLiteral } from "../sql";
import type { grantSchema } from "./schema";

type Grant = Omit<InputsOf<typeof grantSchema>, "host" | "adopt">;

/** What the catalog says of the privileges of a role on some objects. */
export interface SeenPrivileges {
  /** How many objects there are. */
  objects: number;
  /** On how many of them the role has each privilege. */
  privileges: Record<string, number>;
  /** Its privileges on future objects, by the role that makes them. */
  future: Record<string, string[]>;
}

/** Letters of kinds of relations (pg_class.relkind) and of objects in default privileges (pg_default_acl.defaclobjtype). */
const RELATIONS = { tables: "'r', 'v', 'm', 'f', 'p'", sequences: "'S'" };
const LETTERS = { tables: "r", sequences: "S", functions: "f" };

/** Query of the objects' oids and access lists. */
function objectsOf({ on, schema, database }: Pick<Grant, "on" | "schema" | "database">): string {
  const inSchema = (column: string) =>
    `${column} = (select oid from pg_catalog.pg_namespace where nspname = ${sqlLiteral(schema)})`;
  switch (on) {
    case "database":
      return `select oid, datacl as acl from pg_catalog.pg_database where datname = ${sqlLiteral(database)}`;
    case "schema":
      return `select oid, nspacl as acl from pg_catalog.pg_namespace where nspname = ${sqlLiteral(schema)}`;
    case "functions":
      return `select oid, proacl as acl from pg_catalog.pg_proc where ${inSchema("pronamespace")}`;
    default:
      return `select oid, relacl as acl from pg_catalog.pg_class where relkind in (${RELATIONS[on]}) and ${inSchema("relnamespace")}`;
  }
}

/** Statement that gives `SeenPrivileges` as one line of JSON; nothing when there is no such role. Inside the database. Pure. */
export function renderGrantQuery(
  grant: Pick<Grant, "on" | "schema" | "database" | "role">,
): string {
  const future =
    grant.on === "database" || grant.on === "schema"
      ? "'{}'::pg_catalog.json"
      : `(select coalesce(pg_catalog.json_object_agg(f.maker, f.privileges), '{}') from (
    select pg_catalog.pg_get_userbyid(d.defaclrole) as maker, pg_catalog.json_agg(x.privilege_type order by x.privilege_type) as privileges
    from pg_catalog.pg_default_acl d join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace, pg_catalog.aclexplode(d.defaclacl) x
    where n.nspname = ${sqlLiteral(grant.schema)} and d.defaclobjtype = '${LETTERS[grant.on]}' and x.grantee = r.oid group by 1) f)`;
  return `with objects as (${objectsOf(grant)})
select pg_catalog.json_build_object('objects', (select pg_catalog.count(*) from objects), 'privileges', (
    select coalesce(pg_catalog.json_object_agg(p.privilege_type, p.number), '{}') from (
      select x.privilege_type, pg_catalog.count(distinct o.oid) as number from objects o, pg_catalog.aclexplode(o.acl) x
      where x.grantee = r.oid group by 1) p),
  'future', ${future})
from pg_catalog.pg_roles r where r.rolname = ${sqlLiteral(grant.role)};
`;
}

/** Statements that revoke everything, and grant what is wanted, in one transaction. Inside the database. Pure. */
export function renderGrant(grant: Grant, futureBefore: readonly string[]): string {
  const role = sqlIdentifier(grant.role);
  const privileges = grant.privileges.join(", ");
  return transaction([
    ...renderRevokes(grant, [
      ...futureBefore,
      ...(grant.futureOf === undefined ? [] : [grant.futureOf]),
    ]),
    `grant ${privileges} on ${target(grant)} to ${role};`,
    ...(grant.futureOf === undefined
      ? []
      : [`${defaults(grant, grant.futureOf)} grant ${privileges} on ${grant.on} to ${role};`]),
  ]);
}

/** Statements that revoke everything. Inside the database. Pure. */
export function renderRevoke(grant: Grant): string {
  return transaction(renderRevokes(grant, grant.futureOf === undefined ? [] : [grant.futureOf]));
}

function renderRevokes(grant: Grant, makers: readonly string[]): string[] {
  const role = sqlIdentifier(grant.role);
  return [
    `revoke all privileges on ${target(grant)} from ${role};`,
    ...[...new Set(makers)].map(
      (maker) => `${defaults(grant, maker)} revoke all privileges on ${grant.on} from ${role};`,
    ),
  ];
}

function target({ on, schema, database }: Grant): string {
  if (on === "database") return `database ${sqlIdentifier(database)}`;
  if (on === "schema") return `schema ${sqlIdentifier(schema)}`;
  // Routines are functions and procedures (PostgreSQL 11 and later).
  return `all ${on === "functions" ? "routines" : on} in schema ${sqlIdentifier(schema)}`;
}

function defaults({ schema }: Grant, maker: string): string {
  return `alter default privileges for role ${sqlIdentifier(maker)} in schema ${sqlIdentifier(schema)}`;
}

function transaction(statements: readonly string[]): string {
  return ["begin;", ...statements, "commit;"].map((line) => `${line}\n`).join("");
}

/**
 * The privileges that a role has in the terms of those that were wanted: a wanted one counts when it is on every object, another
 * when it is on any. Pure.
 */
export function observedPrivileges(
  { objects, privileges }: SeenPrivileges,
  wanted: readonly string[] | undefined,
): string[] {
  const found = Object.keys(privileges).sort();
  if (!wanted) return found.filter((name) => privileges[name] === objects);
  if (objects === 0) return [...wanted];
  return [
    ...wanted.filter((name) => privileges[name] === objects),
    ...found.filter((name) => !wanted.includes(name)),
  ];
}
