import assert from "node:assert/strict";
import { deleteMachine } from "../../support/machine";
import { Project } from "../../support/project";
import { startTestMachine, type TestMachine } from "../../support/test-machine";
import { assertNoChange, destroy, refresh, up } from "../kinds/lab-project";
import { connect, type PostgresMachine, startPostgresMachine } from "./postgres-machine";

const [SERVER, CLIENT] = [181, 182];

interface Login {
  user: string;
  password: string;
  url: string;
}
interface Outputs {
  wiki: Login & { host: string; port: number; name: string };
  reader: Login;
}

describe("PostgresServer and PgDatabase, from one machine to another", function () {
  let server: PostgresMachine;
  let client: TestMachine;
  let project: Project;

  const program = (
    database: string,
    after = "",
  ) => `import { existingHost, PgDatabase, PostgresServer } from "labwright";
const host = existingHost({ name: "data", address: "10.77.0.${SERVER}", hostKey: ${JSON.stringify(server.hostKey)} });
const pg = new PostgresServer("pg", { host, memoryMiB: 256, settings: { log_statement: "all", log_connections: true } });
const client = { address: "10.77.0.${CLIENT}" };
${
  database === ""
    ? ""
    : `const made = new PgDatabase("wiki", { server: pg, ${database} });
const { host: address, port, name, user, password, url } = made;
export const wiki = { host: address, port, name, user, password, url };
export const reader = made.readers["stats"];`
}
${after}
`;
  const outputs = async () => (await project.outputs()) as unknown as Outputs;
  /** What each of the two machines gets for an answer. */
  const from = async (url: string) => [await connect(client, url), await connect(server, url)];
  const noEntry = /no pg_hba\.conf entry for host/;

  before(async () => {
    [server, client] = await Promise.all([
      startPostgresMachine("postgres-server", SERVER),
      startTestMachine("postgres-client", CLIENT),
    ]);
    await client.run(
      "export DEBIAN_FRONTEND=noninteractive; command -v psql >/dev/null || { apt-get -qq update && apt-get -qq install -y postgresql-client; } >/dev/null 2>&1",
    );
    project = new Project("postgres-database", program(""));
    await project.init();
  });
  after(async () => {
    await project?.remove();
    await deleteMachine(SERVER);
    await deleteMachine(CLIENT);
  });

  it("lets in exactly whom it names, and nobody before", async () => {
    project.write(program("protect: false"));
    await up(project);
    const { wiki } = await outputs();
    assert.equal(wiki.url, `postgresql://wiki:${wiki.password}@10.77.0.${SERVER}:5432/wiki`);
    assert.match(wiki.password, /^[A-Za-z0-9]{32}$/);
    for (const answer of await from(wiki.url)) assert.match(answer, noEntry);

    project.write(program("protect: false, allowFrom: [client]"));
    await up(project);
    const [there, here] = await from(wiki.url);
    assert.equal(there, "in");
    assert.match(here!, noEntry);
    assert.match(await connect(client, wiki.url.replace(/wiki$/, "postgres")), noEntry);
    assert.match(await connect(client, wiki.url.replace("//wiki:", "//postgres:")), noEntry);
    assert.match(
      await connect(client, wiki.url.replace(wiki.password, "x")),
      /password authentication failed/,
    );
    assert.equal(await connect(client, wiki.url, "create table pages (title text)"), "");
    assert.deepEqual(await refresh(project), {});
    await assertNoChange(project);
  });

  it("lets in others after a change, and nobody after a removal", async () => {
    const { wiki } = await outputs();
    project.write(program(`protect: false, allowFrom: ["10.77.0.${SERVER}"]`));
    await up(project);
    const [there, here] = await from(wiki.url);
    assert.match(there!, noEntry);
    assert.equal(here, "in");
    project.write(program("protect: false, allowFrom: []"));
    await up(project);
    for (const answer of await from(wiki.url)) assert.match(answer, noEntry);
    project.write(program('protect: false, allowFrom: ["10.77.0.0/24"]'));
    await up(project);
    assert.deepEqual(await from(wiki.url), ["in", "in"]);
  });

  it("gives readers everything to read, later tables too, and nothing to change", async () => {
    project.write(
      program("protect: false, allowFrom: [client], readers: { stats: { allowFrom: [client] } }"),
    );
    await up(project);
    const { wiki, reader } = await outputs();
    await connect(client, wiki.url, "insert into pages values ('home')");
    await connect(client, wiki.url, "create table later (n int); insert into later values (7)");
    assert.equal(await connect(client, reader.url, "select title, n from pages, later"), "home|7");
    for (const statement of [
      "insert into pages values ('x')",
      "delete from later",
      "create table own (n int)",
      "drop table pages",
    ])
      assert.match(
        await connect(client, reader.url, statement),
        /permission denied|must be owner/,
        statement,
      );
    assert.match(await connect(server, reader.url), noEntry);
    assert.deepEqual(await refresh(project), {});
    await assertNoChange(project);

    await server.sql(
      "revoke select on later from stats; grant insert on pages to stats; revoke connect on database wiki from stats; revoke usage on schema public from stats; alter default privileges for role wiki in schema public revoke select on sequences from stats",
      "wiki",
    );
    assert.deepEqual(await refresh(project), {
      "wiki-reader-stats-connect": "gone",
      "wiki-reader-stats-schema": "gone",
      "wiki-reader-stats-tables": ["privileges[0]"],
      "wiki-reader-stats-sequences": ["futureOf"],
    });
    await up(project);
    assert.deepEqual(await refresh(project), {});
    assert.equal(await connect(client, reader.url, "select n from later"), "7");
    assert.match(
      await connect(client, reader.url, "insert into pages values ('x')"),
      /permission denied/,
    );
    project.write(program("protect: false, allowFrom: [client]"));
    await up(project);
    assert.match(await connect(client, reader.url), noEntry);
    assert.equal(await server.sql("select count(*) from pg_roles where rolname = 'stats'"), "0");
  });

  it("rotates the password with one argument", async () => {
    const before = (await outputs()).wiki;
    project.write(program("protect: false, allowFrom: [client], passwordVersion: 2"));
    const run = await project.apply("--diff");
    const { wiki } = await outputs();
    assert.notEqual(wiki.password, before.password);
    assert.equal(await connect(client, wiki.url), "in");
    assert.match(await connect(client, before.url), /password authentication failed/);
    for (const password of [before.password, wiki.password])
      assert.ok(!run.output.includes(password), "the engine's output has no password");
  });

  it("is protected, and leaves a dump when it may go", async () => {
    project.write(program("allowFrom: [client], passwordVersion: 2"));
    await up(project);
    const refused = await project.destroy();
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /protect/);
    const { wiki } = await outputs();
    assert.equal(await connect(client, wiki.url, "select title from pages"), "home");

    project.write(program("protect: false, allowFrom: [client], passwordVersion: 2"));
    await up(project);
    project.write(program(""));
    const run = await project.apply();
    const [, dump] = /its dump is (\S+) on root@/.exec(run.output) ?? [];
    assert.ok(dump, run.output);
    assert.equal(await server.sql("select count(*) from pg_database where datname = 'wiki'"), "0");
    assert.equal(await server.sql("select count(*) from pg_roles where rolname = 'wiki'"), "0");
    assert.equal(
      await server.run("grep -c labwright /etc/postgresql/15/main/pg_hba.conf || true"),
      "0\n",
    );

    project.write(program("protect: false, allowFrom: [client]"));
    await up(project);
    await server.run(`cd /; runuser -u postgres -- pg_restore -d wiki <${dump}`);
    assert.equal(
      await connect(client, (await outputs()).wiki.url, "select title from pages"),
      "home",
    );
  });

  it("goes as a whole, and comes again as a whole", async () => {
    await destroy(project);
    await server.run("test ! -e /etc/postgresql/15/main/conf.d/99-labwright.conf");
    await up(project);
    assert.equal(await connect(client, (await outputs()).wiki.url), "in");
    await assertNoChange(project);
    await destroy(project);
  });
});
