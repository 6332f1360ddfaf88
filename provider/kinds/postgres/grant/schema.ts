import { defineKind, list, oneOf, text } from "../../../schema";
import { clusterField } from "../name";

/** What privileges are on, and which there are (table 5.2 of PostgreSQL's manual, up to version 16). */
export const privilegesOn = {
  database: ["CONNECT", "CREATE", "TEMPORARY"],
  schema: ["CREATE", "USAGE"],
  tables: ["DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"],
  sequences: ["SELECT", "UPDATE", "USAGE"],
  functions: ["EXECUTE"],
} as const;

/** Privileges of a role. */
export const grantSchema = defineKind("labwright:postgres:Grant", {
  doc:
    "Privileges of a role on a database, on a schema, or on all tables, sequences or functions of a schema: exactly these, others are " +
    "revoked. With `futureOf` also on those that a role makes later (ALTER DEFAULT PRIVILEGES). Privileges that the role has through others, or " +
    "that everybody has, are not looked at. Deleting revokes them all; those of a role that had some before and was adopted stay.",
  inputs: {
    cluster: clusterField,
    database: text({ doc: "Name of the database.", replaces: true }),
    role: text({ doc: "Role that has the privileges.", replaces: true }),
    on: oneOf(["database", "schema", "tables", "sequences", "functions"], {
      doc: "What they are on: `tables` are all tables and views of the schema, `functions` all its functions and procedures.",
      replaces: true,
    }),
    schema: text({
      doc: "Name of the schema; without meaning for `database`. Default `public`.",
      default: "public",
      replaces: true,
    }),
    privileges: list(text(), {
      doc: "Privileges in PostgreSQL's own words: CONNECT, CREATE, TEMPORARY; USAGE, CREATE; SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER; EXECUTE.",
    }),
    futureOf: text({
      doc: "Role whose future tables, sequences or functions of the schema get the same privileges. Default: none's.",
      optional: true,
    }),
  },
});
