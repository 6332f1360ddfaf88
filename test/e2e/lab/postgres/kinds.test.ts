import assert from "node:assert/strict";

import { deleteMachine } from "../../support/machine";
import { changes, Project } from "../../support/project";
import {
  assertNoChange,
  destroy,
  killHalfWay,
  refresh,
  scripts,
  up,
  upError,
} from "../kinds/lab-project";
import { connect, type PostgresMachine, startPostgresMachine } from "./postgres-machine";

type Args = Record<string, unknown>;
/** What a program makes, by logical name: the kind and its arguments. Later ones wait for earlier ones. */
type Things = Record<string, ["Server" | "Role" | "Database" | "HbaRule" | "Grant", Args]>;

const NUMBER = 180;
const HBA = "/etc/postgresql/15/main/pg_hba.conf";
const CONF = "/etc/postgresql/15/main/conf.d/99-labwright.conf";

describe("PostgreSQL's kinds on a real server", function () {
  let machine: PostgresMachine;
  let project: Project;

  const program = (things: Things) => `import * as pulumi from "@pulumi/pulumi";
import { postgres } from "labwright/resources";
const host = ${machine.host};
const things: [string, string, object][] = ${JSON.stringify(Object.entries(things).map(([name, [kind, args]]) => [name, kind, args]))};
let before: pulumi.Resource[] = [];
for (const [name, kind, args] of things) {
  const made = new (postgres as any)[kind](name, { host, ...args }, { dependsOn: before }) as pulumi.Resource;
  before = [...before, made];
}
`;
  const server = (args: Args = {}): Things => ({
    pg: ["Server", { settings: { listen_addresses: "*" }, ...args }],
  });
  const rules = async () =>
    (await machine.run(`grep ' # labwright ' ${HBA} | sed 's/ # labwright.*//' || true`))
      .split("\n")
      .filter(Boolean);
  const started = () => machine.sql("select pg_postmaster_start_time()");
  const setting = (name: string) => machine.sql(`show ${name}`);

  before(async () => {
    machine = await startPostgresMachine("postgres-kinds", NUMBER);
    project = new Project("postgres-kinds", program({}));
    await project.init();
  });
  after(async () => {
    await project.remove();
    await deleteMachine(NUMBER);
  });

  const anna = { name: "anna", password: "first password", connectionLimit: 3 };
  const wiki = { name: "wiki", owner: "anna", locale: "C.UTF-8", extensions: ["pg_trgm"] };
  const rule = { database: "wiki", user: "anna", address: `10.77.0.${NUMBER}/32` };
  const url = (password = "first password", user = "anna", database = "wiki") =>
    `postgresql://${user}:${encodeURIComponent(password)}@10.77.0.${NUMBER}:5432/${database}`;
  const whole: Things = { anna: ["Role", anna], wiki: ["Database", wiki], rule: ["HbaRule", rule] };

  for (const time of ["the first time", "a second time"]) {
    it(`makes a server, a role, a database and its access, ${time}, and finds nothing to do after that`, async () => {
      project.write(program({ ...server(), ...whole }));
      assert.deepEqual(await up(project), { create: ["anna", "pg", "rule", "wiki"] });
      assert.equal(
        await connect(machine, url(), "select current_user || ' ' || current_database()"),
        "anna wiki",
      );
      assert.match(
        await connect(machine, url("other")),
        /password authentication failed for user "anna"/,
      );
      assert.match(
        await connect(machine, url(undefined, "anna", "postgres")),
        /no pg_hba\.conf entry for host "10\.77\.0\.180", user "anna", database "postgres"/,
      );
      assert.equal(
        await machine.sql(
          "select rolcanlogin, rolsuper, rolconnlimit, left(rolpassword, 19) from pg_authid where rolname = 'anna'",
        ),
        "t|f|3|SCRAM-SHA-256$4096:",
      );
      assert.equal(
        await machine.sql(
          "select pg_encoding_to_char(encoding), datcollate, datacl from pg_database where datname = 'wiki'",
        ),
        "UTF8|C.UTF-8|{anna=CTc/anna}",
      );
      assert.equal(
        await machine.sql(
          "select string_agg(extname, ' ' order by extname) from pg_extension",
          "wiki",
        ),
        "pg_trgm plpgsql",
      );
      assert.deepEqual(await refresh(project), {});
      await assertNoChange(project);
    });

    it(`destroys them, ${time}: a dump and the cluster's data stay`, async () => {
      await machine.sql(
        "create table pages (title text); insert into pages values ('home')",
        "wiki",
      );
      const run = await project.destroy();
      assert.equal(run.code, 0, run.output);
      assert.deepEqual(changes(run), { delete: ["anna", "pg", "rule", "wiki"] });
      const [, dump] = /its dump is (\S+) on root@10\.77\.0\.180/.exec(run.output) ?? [];
      assert.ok(dump, run.output);
      assert.equal(
        await machine.run(
          `stat -c '%U %a' ${dump}; pg_restore -f - ${dump} 2>/dev/null | grep -x home || true`,
        ),
        "root 600\nhome\n",
      );
      await machine.run(`test -d /var/lib/postgresql/15/main; test ! -e ${CONF}`);
      assert.equal(
        (
          await machine.run(
            `dpkg-query -W -f '\${db:Status-Status}' postgresql-15 2>/dev/null || true`,
          )
        ).trim() === "installed",
        false,
      );
      await machine.run("rm -r /var/backups/labwright");
    });
  }

  it("keeps a dump that restores", async () => {
    project.write(program({ ...server(), ...whole }));
    await up(project);
    await machine.sql(
      "create table pages (title text); alter table pages owner to anna; insert into pages values ('home'), ('away')",
      "wiki",
    );
    project.write(program(server()));
    assert.deepEqual(await up(project), { delete: ["anna", "rule", "wiki"] });
    assert.equal(await machine.sql("select count(*) from pg_database where datname = 'wiki'"), "0");
    project.write(program({ ...server(), ...whole }));
    await up(project);
    await machine.run(
      "for dump in /var/backups/labwright/postgresql/wiki-*.dump; do cd / && runuser -u postgres -- pg_restore -d wiki <$dump; done",
    );
    assert.equal(
      await connect(machine, url(), "select string_agg(title, ' ' order by title) from pages"),
      "away home",
    );
    await machine.run("rm -r /var/backups/labwright");
  });

  it("drops without a dump when told to, and drops nothing when the dump fails", async () => {
    await machine.run(`mkdir -p /var/backups/labwright
mount -t tmpfs -o size=64k tmpfs /var/backups/labwright
mkdir /var/backups/labwright/postgresql
cat /dev/zero >/var/backups/labwright/full 2>/dev/null || true`);
    project.write(program({ ...server(), anna: whole["anna"]! }));
    const error = await upError(project);
    assert.match(error, /database wiki was not dropped: its dump failed/);
    assert.equal(
      await machine.sql("select datconnlimit from pg_database where datname = 'wiki'"),
      "-1",
    );
    await machine.run("umount /var/backups/labwright");
    project.write(
      program({
        ...server(),
        anna: whole["anna"]!,
        wiki: ["Database", { ...wiki, keepDump: false }],
      }),
    );
    await up(project);
    project.write(program({ ...server(), anna: whole["anna"]! }));
    assert.deepEqual(await up(project), { delete: ["wiki"] });
    await machine.run("test ! -e /var/backups/labwright/postgresql");
    project.write(program({ ...server(), ...whole }));
    await up(project);
  });

  it("changes every field in place", async () => {
    project.write(
      program({
        ...server({ settings: { listen_addresses: "*", work_mem: "8MB" } }),
        readers: ["Role", { name: "readers", login: false }],
        bert: ["Role", { name: "bert" }],
        anna: [
          "Role",
          {
            name: "anna",
            password: "second password",
            connectionLimit: -1,
            memberOf: ["readers"],
            createDatabases: true,
            createRoles: true,
            inherit: false,
            replication: true,
            bypassRowSecurity: true,
            superuser: true,
          },
        ],
        wiki: [
          "Database",
          {
            ...wiki,
            owner: "bert",
            connectionLimit: 7,
            extensions: ["hstore"],
            publicAccess: true,
          },
        ],
        rule: ["HbaRule", { ...rule, method: "md5", order: 5 }],
      }),
    );
    assert.deepEqual(await up(project), {
      create: ["bert", "readers"],
      update: ["anna", "pg", "rule", "wiki"],
    });
    assert.equal(await connect(machine, url("second password")), "in");
    assert.match(await connect(machine, url()), /password authentication failed/);
    assert.equal(await setting("work_mem"), "8MB");
    assert.equal(
      await machine.sql(
        "select rolcreatedb, rolcreaterole, rolinherit, rolreplication, rolbypassrls, rolsuper, rolconnlimit from pg_authid where rolname = 'anna'",
      ),
      "t|t|f|t|t|t|-1",
    );
    assert.equal(
      await machine.sql("select extname from pg_extension where extname <> 'plpgsql'", "wiki"),
      "hstore",
    );
    assert.equal(
      await machine.sql(
        "select datconnlimit, pg_get_userbyid(datdba), datacl from pg_database where datname = 'wiki'",
      ),
      "7|bert|{bert=CTc/bert,=Tc/bert}",
    );
    assert.deepEqual(await rules(), [`host "wiki" "anna" 10.77.0.${NUMBER}/32 md5`]);
    assert.deepEqual(await refresh(project), {});
    await assertNoChange(project);
    await machine.sql("create table kept (n int); alter table kept owner to bert", "wiki");
    project.write(program({ ...server(), bert: ["Role", { name: "bert" }], ...whole }));
    assert.deepEqual(await up(project), {
      delete: ["readers"],
      update: ["anna", "pg", "rule", "wiki"],
    });
    assert.equal(
      await machine.sql("select tableowner from pg_tables where tablename = 'kept'", "wiki"),
      "anna",
    );
    assert.deepEqual(await refresh(project), {});
    project.write(program({ ...server(), ...whole }));
    assert.deepEqual(await up(project), { delete: ["bert"] });
  });

  it("sees every hand edit as that property, and repairs it", async () => {
    const settings = { listen_addresses: "*", work_mem: "8MB", "custom.x": "it's" };
    const from = (network: number) => ({ ...rule, address: `10.${network}.0.0/16` });
    const made: Things = {
      ...server({ settings }),
      readers: ["Role", { name: "readers", login: false }],
      ...whole,
      bert: ["Role", { name: "bert", password: "bert's" }],
      method: ["HbaRule", from(1)],
      address: ["HbaRule", from(2)],
      names: ["HbaRule", from(3)],
      rest: ["HbaRule", from(4)],
      gone: ["HbaRule", from(5)],
    };
    project.write(program(made));
    await up(project);
    const expected = await rules();
    const line = (network: number, edit: string) =>
      `sed -i '/ 10\\.${network}\\.0\\.0/ ${edit}' ${HBA}`;
    const rounds: [() => Promise<unknown>, Record<string, string[] | "gone">][] = [
      [
        async () => {
          await machine.sql(`alter role anna password 'by hand' nologin connection limit 9;
alter role anna superuser createdb createrole noinherit replication bypassrls;
grant readers to anna;
alter role bert password null;
alter database wiki owner to postgres;
alter database wiki connection limit 1;
grant connect on database wiki to public;
\\c wiki
drop extension pg_trgm;
alter system set work_mem = '1MB';`);
          await machine.run(`${line(1, "s/scram-sha-256/trust/")}
${line(2, "s#/16#/8#")}
${line(3, 's/"wiki" "anna"/all all/')}
${line(4, "s/ # labwright 100 / map=x # labwright 7 /")}
${line(5, "d")}`);
        },
        {
          anna: [
            "bypassRowSecurity",
            "connectionLimit",
            "createDatabases",
            "createRoles",
            "inherit",
            "login",
            "memberOf[0]",
            "password",
            "replication",
            "superuser",
          ],
          bert: ["password"],
          wiki: ["connectionLimit", "extensions[0]", "owner", "publicAccess"],
          pg: ["settings.work_mem"],
          method: ["method"],
          address: ["address"],
          names: ["database", "user"],
          rest: ["options.map", "order"],
          gone: "gone",
        },
      ],
      [
        async () => {
          await machine.sql("grant connect, temporary on database wiki to public");
          await machine.run(
            `sed -i "s/'8MB'/'9MB'/; /custom/d" ${CONF}; echo 'log_connections = on' >>${CONF}`,
          );
        },
        {
          wiki: ["publicAccess"],
          pg: ["settings.log_connections", "settings.work_mem", 'settings["custom.x"]'],
        },
      ],
      [
        async () => {
          await machine.sql("drop database wiki");
          await machine.sql("drop role anna");
          await machine.run(`rm ${CONF}`);
        },
        {
          wiki: "gone",
          anna: "gone",
          pg: ["settings.listen_addresses", "settings.work_mem", 'settings["custom.x"]'],
        },
      ],
    ];
    for (const [edit, drift] of rounds) {
      await edit();
      assert.deepEqual(await refresh(project), drift);
      await up(project);
      assert.deepEqual(await refresh(project), {});
    }
    assert.deepEqual(await rules(), expected);
    assert.equal(await connect(machine, url()), "in");
    assert.equal(await setting("work_mem"), "8MB");
    assert.equal(await setting("log_connections"), "off");
    project.write(program({ ...server(), ...whole }));
    await up(project);
  });

  it("keeps rules in their order, before those of others, which it leaves alone", async () => {
    const before = await machine.run(`grep -v -e labwright ${HBA}`);
    const more: Things = {
      b: ["HbaRule", { database: "wiki", user: "b", address: "10.2.0.0/16" }],
      a: ["HbaRule", { database: "wiki", user: "a", address: "10.1.0.0/16" }],
      no: [
        "HbaRule",
        { database: "all", user: "a", address: "10.1.2.0/24", method: "reject", order: 10 },
      ],
      tls: [
        "HbaRule",
        {
          type: "hostssl",
          database: "replication",
          user: "all",
          address: "fd00:77::/64",
          order: 200,
        },
      ],
      here: [
        "HbaRule",
        {
          type: "local",
          database: 'a "b" #c',
          user: "x y",
          method: "peer",
          options: { map: "one,two" },
        },
      ],
    };
    project.write(program({ ...server(), ...whole, ...more }));
    await up(project);
    const wanted = [
      'host all "a" 10.1.2.0/24 reject',
      'host "wiki" "a" 10.1.0.0/16 scram-sha-256',
      `host "wiki" "anna" 10.77.0.${NUMBER}/32 scram-sha-256`,
      'host "wiki" "b" 10.2.0.0/16 scram-sha-256',
      'local "a ""b"" #c" "x y" peer "map=one,two"',
      'hostssl replication "all" fd00:77::/64 scram-sha-256'.replace('"all"', "all"),
    ];
    assert.deepEqual(await rules(), wanted);
    assert.equal(
      await machine.sql("select count(*) from pg_hba_file_rules where error is not null"),
      "0",
    );
    assert.equal(
      await machine.sql(
        "select database[1], user_name[1], options[1] from pg_hba_file_rules where type = 'local' and user_name[1] = 'x y'",
      ),
      'a "b" #c|x y|map=one,two',
    );
    assert.equal(await machine.run(`grep -v -e labwright ${HBA}`), before);
    assert.deepEqual(await refresh(project), {});
    project.write(program({ ...server(), ...whole }));
    await up(project);
    assert.equal(await machine.run(`grep -v -e labwright ${HBA}`), before);
    assert.equal(await machine.run(`stat -c '%U %G %a' ${HBA}`), "postgres postgres 640\n");
  });

  it("ends the sessions that a removed rule let in, and no others", async () => {
    await machine.run(`export PGPASSWORD='first password'
for host in 10.77.0.${NUMBER} 127.0.0.1; do
  systemd-run --quiet --unit=session-$host --setenv=PGPASSWORD="$PGPASSWORD" psql -h $host -U anna -d wiki -c 'select pg_sleep(300)'
done; sleep 1`);
    const sessions = () =>
      machine.sql(
        "select string_agg(host(client_addr), ' ') from pg_stat_activity where usename = 'anna'",
      );
    assert.deepEqual((await sessions()).split(" ").sort(), [`10.77.0.${NUMBER}`, "127.0.0.1"]);
    project.write(program({ ...server(), anna: whole["anna"]!, wiki: whole["wiki"]! }));
    assert.deepEqual(await up(project), { delete: ["rule"] });
    assert.equal(await sessions(), "127.0.0.1");
    assert.match(await connect(machine, url()), /no pg_hba\.conf entry/);
    await machine.run(
      "systemctl stop session-127.0.0.1.service || true; systemctl reset-failed || true",
    );
    project.write(program({ ...server(), ...whole }));
    await up(project);
  });

  it("restarts the server for settings that need it, and for no others", async () => {
    const settings = { listen_addresses: "*", work_mem: "12MB" };
    const first = await started();
    project.write(program({ ...server({ settings }), ...whole }));
    await up(project);
    assert.equal(await started(), first);
    project.write(
      program({ ...server({ settings: { ...settings, max_connections: "50" } }), ...whole }),
    );
    await up(project);
    const second = await started();
    assert.notEqual(second, first);
    assert.equal(await setting("max_connections"), "50");
    assert.deepEqual(await refresh(project), {});
    project.write(program({ ...server({ settings }), ...whole }));
    await up(project);
    assert.notEqual(await started(), second);
    assert.equal(await setting("max_connections"), "100");
  });

  it("refuses what PostgreSQL refuses, in its own words, and changes nothing", async () => {
    const conf = await machine.run(`cat ${CONF} ${HBA}`);
    const first = await started();
    const refusals: [Things, RegExp][] = [
      [
        server({ settings: { listen_addresses: "*", work_mem: "twelve" } }),
        /settings are refused by PostgreSQL, nothing was changed: .*invalid value for parameter "work_mem": "twelve"/s,
      ],
      [
        server({ settings: { no_such_setting: "1" } }),
        /unrecognized configuration parameter "no_such_setting"/,
      ],
      [
        server({ settings: { listen_addresses: "192.0.2.1" } }),
        /PostgreSQL does not start with these settings, and they were taken back: .*could not create any TCP\/IP sockets/s,
      ],
      [
        { rule2: ["HbaRule", { ...rule, user: "bert", options: { nonsense: "x" } }] },
        /the rule is refused by PostgreSQL, nothing was changed: .*unrecognized authentication option name: "nonsense"/,
      ],
      [{ more: ["Database", { name: "more", owner: "nobody" }] }, /role "nobody" does not exist/],
      [
        { more: ["Database", { name: "more", owner: "anna", extensions: ["pg_trgm", "nope"] }] },
        /extension nope is not available on this host: install its package/,
      ],
      [
        { more: ["Database", { name: "more", owner: "anna", locale: "xx_XX" }] },
        /invalid locale name: "xx_XX"/,
      ],
      [
        server({ version: "16" }),
        /cluster main is PostgreSQL 15 and not 16.*pg_upgradecluster 15 main/s,
      ],
    ];
    for (const [things, message] of refusals) {
      project.write(
        program({
          ...server({ settings: { listen_addresses: "*", work_mem: "12MB" } }),
          ...whole,
          ...things,
        }),
      );
      assert.match(await upError(project), message);
    }
    assert.equal(await machine.run(`cat ${CONF} ${HBA}`), conf);
    assert.equal(await machine.sql("select count(*) from pg_database where datname = 'more'"), "0");
    assert.equal(await connect(machine, url()), "in");
    assert.notEqual(await started(), first, "the one that did not start made a restart of it");
    project.write(program({ ...server(), ...whole }));
    await up(project);
  });

  it("refuses what somebody else made, takes it over with adopt, and leaves it when deleted", async () => {
    await machine.sql("create role carl login password 'his own'");
    await machine.sql(
      "create database carls owner carl template template0 encoding 'UTF8' locale 'C.UTF-8'",
    );
    const carl = (adopt: boolean): Things => ({
      carl: ["Role", { name: "carl", password: "ours now", adopt }],
      carls: ["Database", { name: "carls", owner: "carl", locale: "C.UTF-8", adopt }],
    });
    project.write(program({ ...server(), ...whole, ...carl(false) }));
    assert.match(
      await upError(project),
      /main\/carl on root@10\.77\.0\.180 exists already and was not made by this resource/,
    );
    project.write(program({ ...server(), ...whole, ...carl(true) }));
    assert.deepEqual(await up(project), { create: ["carl", "carls"] });
    project.write(program({ ...server(), ...whole }));
    assert.deepEqual(await up(project), { delete: ["carl", "carls"] });
    assert.equal(
      await machine.sql("select count(*) from pg_database where datname = 'carls'"),
      "1",
    );
    await machine.sql("drop database carls");
    await machine.sql("drop role carl");
  });

  it("will not drop a role that owns something, with PostgreSQL's list of it", async () => {
    await machine.sql(
      "create role dora; create table doras (n int); alter table doras owner to dora",
      "wiki",
    );
    const dora: Things = { dora: ["Role", { name: "dora", login: false, adopt: true }] };
    await machine.sql("select 1");
    project.write(program({ ...server(), ...whole, ...dora, eva: ["Role", { name: "eva" }] }));
    await up(project);
    await machine.sql("create table evas (n int); alter table evas owner to eva", "wiki");
    project.write(program({ ...server(), ...whole, ...dora }));
    assert.match(
      await upError(project),
      /role "eva" cannot be dropped because some objects depend on it/,
    );
    await machine.sql("drop table evas, doras", "wiki");
    project.write(program({ ...server(), ...whole }));
    assert.deepEqual(await up(project), { delete: ["dora", "eva"] });
    await machine.sql("drop role dora");
  });

  it("completes what a killed run began", async () => {
    const more: Things = {
      carl: ["Role", { name: "carl", password: "x" }],
      carls: ["Database", { ...wiki, name: "carls", owner: "carl" }],
    };
    project.write(program({ ...server(), ...whole, ...more }));
    await killHalfWay(project, (log) => scripts(log, /bring database carls/) > 0);
    assert.deepEqual((await up(project)).create, ["carl", "carls"]);
    await assertNoChange(project);
    project.write(program({ ...server(), ...whole }));
    await up(project);
  });

  it("says that the server does not run, and forgets nothing", async () => {
    await machine.run("systemctl stop postgresql@15-main");
    const run = await project.refresh();
    assert.notEqual(run.code, 0);
    assert.match(
      run.errors.join("\n"),
      /PostgreSQL 15\/main does not run: start it with `systemctl start postgresql@15-main`/,
    );
    await machine.run("systemctl start postgresql@15-main");
    assert.deepEqual(await refresh(project), {});
  });

  it("deletes what is gone already, also without the server", async () => {
    project.write(program({ ...server(), ...whole }));
    await up(project);
    await machine.sql("drop database wiki");
    await machine.sql("drop role anna");
    await machine.run(`sed -i '/labwright/d' ${HBA}`);
    project.write(program(server()));
    assert.deepEqual(await up(project), { delete: ["anna", "rule", "wiki"] });
    project.write(program({ ...server(), ...whole }));
    await up(project);
    await machine.run("pg_dropcluster --stop 15 main");
    assert.deepEqual(await destroy(project), { delete: ["anna", "pg", "rule", "wiki"] });
  });
});
