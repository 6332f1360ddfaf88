import { defineKind, integer, list, map, text } from "../../../schema";
import { clusterField } from "../name";

/** A PostgreSQL server: its package, its cluster, its settings. */
export const serverSchema = defineKind("labwright:postgres:Server", {
  doc:
    "A PostgreSQL server on Debian or one of its relatives: the package, a cluster that runs, and its settings in a file of their " +
    "own (conf.d/99-labwright.conf), judged by `postgres -C` before they are taken up. The server is restarted only for settings that " +
    "need it (pg_settings.pending_restart); when it does not start with them, they are taken back. A cluster that was there before is used " +
    "as it is. Deleting takes back the settings, and the packages where we installed them; the cluster's data always stays.",
  inputs: {
    cluster: clusterField,
    version: text({
      doc:
        "Major version, such as `15`: the package is postgresql-15. Left out: the one that is there, else the distribution's. Another " +
        "version than the cluster's is refused, with the way to upgrade its data.",
      optional: true,
    }),
    settings: map(text(), {
      doc:
        'Settings by name, as in postgresql.conf, values without quotes: `{ work_mem: "16MB" }`. What ALTER SYSTEM has said about one of them ' +
        "is reset. Default none.",
      default: {},
    }),
    packages: list(text(), {
      doc: "Further packages to install, such as those of extensions: `postgresql-15-pgvector`. Default none.",
      default: [],
    }),
  },
  outputs: {
    version: text({ doc: "Major version of the cluster." }),
    port: integer({ doc: "TCP port, which names the Unix socket as well." }),
    service: text({ doc: "Name of the cluster's service, such as postgresql@15-main." }),
  },
});
