/** A database server, and databases that exactly one machine each may use. */
import { PgDatabase, PostgresServer, type ProxmoxNode, Vm } from "../components";

export function databases(pve: ProxmoxNode) {
  const datavm = new Vm("datavm1", { on: pve, address: "10.77.0.70/24", memoryMiB: 2048 });
  const appvm = new Vm("appvm1", { on: pve, address: "10.77.0.90/24" });

  const pg = new PostgresServer("pg", { host: datavm.host, version: 15, memoryMiB: 1024 });
  const gitea = new PgDatabase("gitea", { server: pg, allowFrom: [appvm] });

  // Another passwordVersion is another password: one argument, one `pulumi up`.
  const wiki = new PgDatabase("wiki", {
    server: pg,
    allowFrom: [appvm, "10.77.0.0/28"],
    passwordVersion: 2,
    extensions: ["pg_trgm", "citext"],
    connectionLimit: 50,
    readers: { stats: { allowFrom: ["10.77.0.91"] } },
  });

  return { gitea: gitea.url, wiki: wiki.url, stats: wiki.readers["stats"]!.url, pg: pg.handle };
}
