import { hostConnection, type Machine, runOverSsh } from "./machine";
import { PulumiProject } from "./pulumi-project";
import type { Report } from "./report";
import { seconds } from "./statistics";

const SIZES = [10, 100];
const RUNS_BY_HAND = 3;
const QUIET_RUNS = 3;

/** Many databases on one PostgreSQL server, each with a role, a password and a line of access. */
export async function measureDatabases(report: Report, machine: Machine): Promise<void> {
  const about = `Databases on one PostgreSQL server, each with a role that owns it, its password, and a line of pg_hba.conf: three resources each. *By hand* is
one psql session over one SSH connection that makes roles and databases, then all lines at once and one reload, ${RUNS_BY_HAND} runs: the floor,
for it looks at nothing, judges nothing and keeps no account. The provider makes a database's three things one after the other, and has
PostgreSQL judge each line.`;
  const columns = [
    "databases",
    "by hand",
    "`up`",
    "of it our provider",
    "`up` without a change",
    "`refresh`",
    "`destroy`, without dumps",
  ];
  await report.section("Databases with roles on one server", about, columns, async (row) => {
    report.needTime();
    const host = await hostConnection(machine);
    const project = PulumiProject.of("databases", program(host, 0));
    await project.init();
    await project.up();
    for (const size of SIZES) {
      report.needTime();
      const byHand: number[] = [];
      for (let run = 0; run < RUNS_BY_HAND; run++) {
        const start = performance.now();
        await runOverSsh(machine, makeByHand(size));
        byHand.push(performance.now() - start);
        await runOverSsh(machine, removeByHand(size));
      }
      project.program(program(host, size));
      const up = await project.up();
      const [quiet, refreshes]: number[][] = [[], []];
      for (let run = 0; run < QUIET_RUNS; run++) {
        quiet!.push((await project.up()).ms);
        refreshes!.push((await project.refresh()).ms);
      }
      project.program(program(host, 0));
      const down = await project.up();
      row(
        String(size),
        seconds(byHand),
        seconds([up.ms]),
        seconds([up.providerMs]),
        seconds(quiet!),
        seconds(refreshes!),
        seconds([down.ms]),
      );
    }
    await project.destroy();
    await project.remove();
  });
}

const program = (host: object, size: number): string => `
import { postgres } from "labwright/resources";
const host = ${JSON.stringify(host)};
const server = new postgres.Server("pg", { host });
for (let n = 0; n < ${size}; n++) {
  const name = "bench" + n;
  const role = new postgres.Role(name, { host, name, password: "password " + n }, { dependsOn: server });
  const database = new postgres.Database(name, { host, name, owner: role.name, locale: "C.UTF-8", keepDump: false });
  new postgres.HbaRule(name, { host, database: database.name, user: role.name, address: "10.77.0.1/32" });
}
`;

const HBA = "/etc/postgresql/15/main/pg_hba.conf";
const psql = (
  statements: readonly string[],
): string => `cd / && runuser -u postgres -- psql -XqAt -v ON_ERROR_STOP=1 <<'END' >/dev/null
${statements.join("\n")}
END
`;
const names = (size: number): string[] => Array.from({ length: size }, (_, n) => `bench${n}`);

const makeByHand = (size: number): string => `set -e
cp -p ${HBA} /root/pg_hba
cat >>${HBA} <<'END'
${names(size)
  .map((name) => `host ${name} ${name} 10.77.0.1/32 scram-sha-256`)
  .join("\n")}
END
${psql([
  ...names(size).flatMap((name) => [
    `create role ${name} login password 'password of ${name}';`,
    `create database ${name} owner ${name} template template0 locale 'C.UTF-8';`,
    `revoke connect, temporary on database ${name} from public;`,
  ]),
  "select pg_reload_conf();",
])}`;

const removeByHand = (size: number): string => `set -e
cp -p /root/pg_hba ${HBA}
${psql([...names(size).flatMap((name) => [`drop database ${name};`, `drop role ${name};`]), "select pg_reload_conf();"])}`;
