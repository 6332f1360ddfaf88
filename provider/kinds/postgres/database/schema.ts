import { defineKind, flag, integer, list, text } from "../../../schema";
import { clusterField } from "../name";

/** A database of a PostgreSQL cluster. */
export const databaseSchema = defineKind("labwright:postgres:Database", {
  doc:
    "A database of a PostgreSQL cluster, made from template0. Before it is dropped it is dumped (`pg_dump -Fc`) into " +
    "/var/backups/labwright/postgresql on its host, and the path is told; when the dump fails, nothing is dropped. One that was " +
    "adopted stays. A replacement is an empty database: the dump has what was in the old one.",
  inputs: {
    cluster: clusterField,
    name: text({ doc: "Name of the database, at most 63 bytes.", replaces: true }),
    owner: text({
      doc:
        "Role that owns it. With another owner, what the old one owned in it goes along, unless the old one owns other databases " +
        "(REASSIGN OWNED would take those too); then only the database itself changes hands, with a warning.",
    }),
    encoding: text({
      doc: "Character encoding, in PostgreSQL's words. Default `UTF8`.",
      default: "UTF8",
      replaces: true,
    }),
    locale: text({
      doc: "Locale of sorting and of character classes, as `locale -a` on the host has it. Left out: the cluster's.",
      optional: true,
      replaces: true,
    }),
    connectionLimit: integer({
      doc: "Connections at a time, -1 for any number. Superusers do not count. Default -1.",
      default: -1,
      minimum: -1,
      maximum: 2147483647,
    }),
    extensions: list(text(), {
      doc:
        "Extensions to have in it, in the order of their making; their packages are on the host. What is taken out is dropped, and " +
        "that fails while something uses it. Others that somebody makes in the database are left alone. Default none.",
      default: [],
    }),
    publicAccess: flag({
      doc:
        "Whether every role may connect and make temporary tables, as PostgreSQL itself has it. Default false: the owner, superusers " +
        "and who is granted it.",
      default: false,
    }),
    keepDump: flag({ doc: "Dump it before it is dropped. Default true.", default: true }),
  },
});
