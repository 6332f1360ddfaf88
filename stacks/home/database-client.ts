import * as pulumi from "@pulumi/pulumi";
import { Directory, File, type Host, type PgDatabase } from "../../components";

/**
 * Lets a machine use a database by its name: `psql service=NAME`. The password is in a connection service file
 * (libpq's own, `PGSERVICEFILE`) that only root may read.
 */
export function useDatabase(host: Host, database: PgDatabase): void {
  const on = { host: host.connection };
  host.package("postgresql-client");
  const folder = new Directory(
    "app-postgresql",
    { ...on, path: "/etc/postgresql-common" },
    host.options({}),
  );
  const content = pulumi.interpolate`[${database.name}]
host=${database.host}
port=${database.port}
dbname=${database.name}
user=${database.user}
password=${database.password}
`;
  new File(
    "app-database",
    { ...on, path: "/etc/postgresql-common/pg_service.conf", mode: "0600", content },
    host.options({ dependsOn: [folder] }),
  );
}
