import { defineKind, integer, map, oneOf, text } from "../../../schema";
import { clusterField } from "../name";

/** One line of pg_hba.conf. */
export const hbaRuleSchema = defineKind("labwright:postgres:HbaRule", {
  doc:
    "One line of pg_hba.conf: who may connect to which database from where, and how they prove who they are. Labwright's lines " +
    "come before all others in the file, each with a mark at its end, by `order` and then by their text; the first line that " +
    "matches a connection decides. PostgreSQL judges the file (pg_hba_file_rules) before it takes it up; a line that it refuses " +
    "changes nothing. Deleting a rule ends the sessions that it let in.",
  inputs: {
    cluster: clusterField,
    type: oneOf(["host", "hostssl", "hostnossl", "local"], {
      doc: "Over TCP (`host`), only with or without TLS (`hostssl`, `hostnossl`), or over the Unix socket (`local`). Default `host`.",
      default: "host",
      replaces: true,
    }),
    database: text({
      doc: "Name of the database; `all` stands for every one and `replication` for streaming the cluster's changes.",
      replaces: true,
    }),
    user: text({ doc: "Name of the role; `all` stands for every one.", replaces: true }),
    address: text({
      doc: "Network that connections come from, such as 10.77.0.80/32. Not with `local`.",
      optional: true,
      replaces: true,
    }),
    method: oneOf(["scram-sha-256", "cert", "peer", "md5", "reject"], {
      doc:
        "How to prove it: a password (`scram-sha-256`; `md5` for clients that know nothing better), a certificate (`cert`, with " +
        "`hostssl`), the name of the operating system's user (`peer`, with `local`), or not at all (`reject`). Default `scram-sha-256`.",
      default: "scram-sha-256",
    }),
    options: map(text(), {
      doc: "Options of the method, such as `map`. Default none.",
      default: {},
    }),
    order: integer({
      doc: "Rules with a lower number come first; equal ones are sorted by their text. Default 100.",
      default: 100,
      minimum: 0,
      maximum: 99999,
    }),
  },
});
