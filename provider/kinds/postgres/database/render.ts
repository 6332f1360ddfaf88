import type { InputsOf } from "../../../schema";
import { sqlIdentifier, sqlLiteral } from "../sql";
import type { databaseSchema } from "./schema";

type Database = InputsOf<typeof databaseSchema>;

/** Statement that gives a row when there is such a database. Pure. */
export function renderDatabaseExists(name: string): string {
  return `select 1 from pg_catalog.pg_database where datname = ${sqlLiteral(name)};`;
}

/** Statement that gives a database as one line of JSON; nothing when there is none. For any database. Pure. */
export function renderDatabaseQuery(name: string): string {
  return `select pg_catalog.json_build_object('owner', r.rolname, 'encoding', pg_catalog.pg_encoding_to_char(encoding),
  'collate', datcollate, 'ctype', datctype, 'connectionLimit', datconnlimit, 'public', (
    select coalesce(pg_catalog.json_agg(a.privilege_type order by a.privilege_type), '[]')
    from pg_catalog.aclexplode(coalesce(datacl, pg_catalog.acldefault('d', datdba))) a where a.grantee = 0))
from pg_catalog.pg_database d join pg_catalog.pg_roles r on r.oid = d.datdba where datname = ${sqlLiteral(name)};
`;
}

/** Statement that gives the extensions of the database it runs in, as one line of JSON. Pure. */
export const extensionsQuery =
  "select coalesce(pg_catalog.json_agg(extname order by extname), '[]') from pg_catalog.pg_extension;\n";

/** Statements that make a database and bring it to its state, from another database. Pure. */
export function renderDatabase(database: Database): string {
  const name = sqlIdentifier(database.name);
  const owner = sqlIdentifier(database.owner);
  const { encoding, locale } = database;
  const create =
    `create database ${name} owner ${owner} template template0 encoding ${sqlLiteral(encoding)}` +
    (locale === undefined ? "" : ` locale ${sqlLiteral(locale)}`);
  return `${renderGuards(database)}
select ${sqlLiteral(create)} where not exists (${renderDatabaseExists(database.name).slice(0, -1)}) \\gexec
alter database ${name} owner to ${owner};
alter database ${name} connection limit ${database.connectionLimit};
${database.publicAccess ? "grant" : "revoke"} connect, temporary on database ${name} ${database.publicAccess ? "to" : "from"} public;
`;
}

/** What cannot be made so is refused before anything is made. */
function renderGuards({ name, encoding, locale, extensions }: Database): string {
  const refuse = (condition: string, message: string): string =>
    `do ${sqlLiteral(`begin if exists (${condition}) then raise exception using message = ${sqlLiteral(message)}; end if; end`)};\n`;
  const other = [
    `pg_catalog.pg_encoding_to_char(encoding) <> ${sqlLiteral(encoding)}`,
    ...(locale === undefined
      ? []
      : [`datcollate <> ${sqlLiteral(locale)}`, `datctype <> ${sqlLiteral(locale)}`]),
  ].join(" or ");
  return [
    refuse(
      `select from pg_catalog.pg_database where datname = ${sqlLiteral(name)} and (${other})`,
      `database ${name} is there with another encoding or locale, and these cannot be changed: give those it has`,
    ),
    ...extensions.map((extension) =>
      refuse(
        `select where not exists (select from pg_catalog.pg_available_extensions where name = ${sqlLiteral(extension)})`,
        `extension ${extension} is not available on this host: install its package first (packages of labwright:postgres:Server)`,
      ),
    ),
  ].join("");
}

/** Statements inside the database: its extensions, and what a former owner has there. Pure. */
export function renderInside(
  { owner, extensions }: Database,
  prior: { owner: string; extensions: readonly string[] } | undefined,
): string {
  const dropped = (prior?.extensions ?? []).filter((name) => !extensions.includes(name)).reverse();
  const lines = [
    ...dropped.map((name) => `drop extension if exists ${sqlIdentifier(name)};`),
    // Where an extension has no schema of its own it goes into the first of the path.
    ...(extensions.length > 0 ? ["set search_path = public;"] : []),
    ...extensions.map((name) => `create extension if not exists ${sqlIdentifier(name)};`),
  ];
  if (prior && prior.owner !== owner) lines.push(renderReassign(prior.owner, owner));
  return lines.map((line) => `${line}\n`).join("");
}

/** REASSIGN OWNED takes all databases of the old owner along (its manual), so it is left where there are others. */
function renderReassign(before: string, owner: string): string {
  const old = sqlLiteral(before);
  const others = `select from pg_catalog.pg_database d join pg_catalog.pg_roles r on r.oid = d.datdba where r.rolname = ${old}`;
  return `select ${sqlLiteral(`reassign owned by ${sqlIdentifier(before)} to ${sqlIdentifier(owner)}`)}
where exists (select from pg_catalog.pg_roles where rolname = ${old} and not rolsuper) and not exists (${others}) \\gexec
select 'kept' where exists (select from pg_catalog.pg_roles where rolname = ${old} and not rolsuper) and exists (${others});`;
}

/** Statements that let nobody in any more, and end whoever is. Pure. */
export function renderClose(name: string): string {
  return `alter database ${sqlIdentifier(name)} connection limit 0;
select pg_catalog.pg_terminate_backend(pid, 5000) from pg_catalog.pg_stat_activity where datname = ${sqlLiteral(name)};
`;
}

/** Names of extensions that are the database's of those wanted, in their order. Pure. */
export function ownExtensions(wanted: readonly string[], found: readonly string[]): string[] {
  return wanted.filter((name) => found.includes(name));
}
