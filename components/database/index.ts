/** Database servers and databases. */
export { PgDatabase } from "./pg-database";
export type { PgClient, PgDatabaseArgs } from "./pg-database-args";
export type { PgLogin } from "./pg-login";
export type { ClusterObject, PostgresCluster, PostgresServerHandle } from "./postgres-cluster";
export { PostgresServer } from "./postgres-server";
export type { PostgresServerArgs } from "./postgres-server";
