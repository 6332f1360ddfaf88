import type { InputsOf } from "../../../schema";
import { sqlArray, sqlIdentifier, sqlLiteral } from "../sql";
import type { roleSchema } from "./schema";

type Role = InputsOf<typeof roleSchema>;

/** Statement that gives a role as one line of JSON; nothing when there is none. Pure. */
export function renderRoleQuery(name: string): string {
  return `select pg_catalog.json_build_object('login', rolcanlogin, 'connectionLimit', rolconnlimit, 'createDatabases', rolcreatedb,
  'createRoles', rolcreaterole, 'inherit', rolinherit, 'replication', rolreplication, 'bypassRowSecurity', rolbypassrls,
  'superuser', rolsuper, 'verifier', rolpassword, 'memberOf', (
    select coalesce(pg_catalog.json_agg(g.rolname order by g.rolname), '[]')
    from pg_catalog.pg_auth_members m join pg_catalog.pg_roles g on g.oid = m.roleid where m.member = r.oid))
from pg_catalog.pg_authid r where rolname = ${sqlLiteral(name)};
`;
}

/**
 * Statements that bring a role to its state, whatever is there, in one transaction. `verifier` is a new one, null for no
 * password, undefined to leave the password alone. Pure.
 */
export function renderRole(role: Role, verifier: string | null | undefined): string {
  const name = sqlIdentifier(role.name);
  const literal = sqlLiteral(role.name);
  const attributes = [
    role.login ? "login" : "nologin",
    role.superuser ? "superuser" : "nosuperuser",
    role.createDatabases ? "createdb" : "nocreatedb",
    role.createRoles ? "createrole" : "nocreaterole",
    role.inherit ? "inherit" : "noinherit",
    role.replication ? "replication" : "noreplication",
    role.bypassRowSecurity ? "bypassrls" : "nobypassrls",
    `connection limit ${role.connectionLimit}`,
    ...(verifier === undefined
      ? []
      : [`password ${verifier === null ? "null" : sqlLiteral(verifier)}`]),
  ];
  const wanted = sqlArray(role.memberOf);
  return `begin;
select ${sqlLiteral(`create role ${name}`)} where not exists (select from pg_catalog.pg_roles where rolname = ${literal}) \\gexec
alter role ${name} with ${attributes.join(" ")};
select pg_catalog.format('revoke %I from %I', g.rolname, m.rolname)
from pg_catalog.pg_auth_members a join pg_catalog.pg_roles g on g.oid = a.roleid join pg_catalog.pg_roles m on m.oid = a.member
where m.rolname = ${literal} and g.rolname <> all (${wanted}) \\gexec
${role.memberOf.map((group) => `grant ${sqlIdentifier(group)} to ${name};\n`).join("")}commit;
`;
}
