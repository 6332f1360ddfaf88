import { defineKind, flag, integer, list, text } from "../../../schema";
import { clusterField } from "../name";

/** A role of a PostgreSQL cluster. */
export const roleSchema = defineKind("labwright:postgres:Role", {
  doc:
    "A role of a PostgreSQL cluster, with or without a login. Deleting it fails, with PostgreSQL's own list, while it owns " +
    "something or has privileges on something; one that was adopted stays.",
  inputs: {
    cluster: clusterField,
    name: text({ doc: "Name of the role, at most 63 bytes.", replaces: true }),
    password: text({
      doc:
        "Password, printable ASCII. Only its SCRAM-SHA-256 verifier is sent to the host, and only when the one there is not of this " +
        "password: the server never sees the password, so no log and no pg_stat_activity shows it. A secret also without a mark. " +
        "Left out: whatever is there stays; taken out: the role has none any more.",
      optional: true,
      secret: true,
    }),
    login: flag({ doc: "May log in. Default true.", default: true }),
    connectionLimit: integer({
      doc: "Connections that it may have at a time; -1 for any number. Default -1.",
      default: -1,
      minimum: -1,
      maximum: 2147483647,
    }),
    memberOf: list(text(), {
      doc: "Roles that it is a direct member of: all of them, others are revoked. Default none.",
      default: [],
    }),
    createDatabases: flag({ doc: "May make databases (CREATEDB). Default false.", default: false }),
    createRoles: flag({ doc: "May make roles (CREATEROLE). Default false.", default: false }),
    inherit: flag({
      doc: "Has the privileges of the roles it is a member of without SET ROLE (INHERIT). Default true.",
      default: true,
    }),
    replication: flag({
      doc: "May stream the cluster's changes (REPLICATION). Default false.",
      default: false,
    }),
    bypassRowSecurity: flag({
      doc: "Row security does not hold for it (BYPASSRLS). Default false.",
      default: false,
    }),
    superuser: flag({
      doc: "Nothing is forbidden to it (SUPERUSER). Default false.",
      default: false,
    }),
  },
});
