import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  existingHost,
  labReference,
  PgDatabase,
  type PgDatabaseArgs,
  PostgresServer,
  type PostgresServerArgs,
} from "../../../components";
import { outputValue, recordLab, type RecordOptions } from "../../../testing";
import { host, inputsOf, publicKey } from "./lab-parts";

const server = (args: Partial<PostgresServerArgs> = {}) =>
  new PostgresServer("pg", { host: host("data", "10.77.0.70"), ...args });
const database = (args: Partial<PgDatabaseArgs> = {}) =>
  recordLab(async () => {
    const made = new PgDatabase("gitea", { server: server(), ...args });
    return {
      host: made.host,
      port: made.port,
      name: await outputValue(made.name),
      user: await outputValue(made.user),
      password: await outputValue(made.password),
      url: await outputValue(made.url),
      secret: await pulumi.isSecret(made.url),
    };
  });

describe("PostgresServer", () => {
  it("is one server, open to what its databases allow", async () => {
    const lab = await recordLab(() => server());
    assert.deepEqual(lab.childNames(lab.get("pg", "labwright:database:PostgresServer")), [
      "labwright:postgres:Server pg",
    ]);
    assert.deepEqual(inputsOf(lab.get("pg", "labwright:postgres:Server")), {
      cluster: "main",
      settings: { listen_addresses: "*", port: "5432", password_encryption: "scram-sha-256" },
      packages: [],
    });
  });

  it("makes settings of its arguments, and takes others as they are", async () => {
    const lab = await recordLab(() =>
      server({
        version: 15,
        listen: ["localhost", "10.77.0.70"],
        port: 5433,
        maxConnections: 40,
        memoryMiB: 1024,
        packages: ["postgresql-15-pgvector"],
        settings: { work_mem: "16MB", log_connections: true, random_page_cost: 1.1 },
      }),
    );
    assert.deepEqual(inputsOf(lab.get("pg", "labwright:postgres:Server")), {
      cluster: "main",
      version: "15",
      settings: {
        listen_addresses: "localhost,10.77.0.70",
        port: "5433",
        password_encryption: "scram-sha-256",
        max_connections: "40",
        shared_buffers: "256MB",
        effective_cache_size: "768MB",
        maintenance_work_mem: "64MB",
        work_mem: "16MB",
        log_connections: "on",
        random_page_cost: "1.1",
      },
      packages: ["postgresql-15-pgvector"],
    });
  });

  it("is a handle of plain data", async () => {
    const lab = await recordLab(() => outputValue(server({ port: 5433 }).handle));
    const { host: machine, ...rest } = lab.value;
    assert.deepEqual(rest, {
      type: "labwright:PostgresServer",
      version: 1,
      provider: "debian",
      address: "10.77.0.70",
      port: 5433,
      cluster: "main",
    });
    assert.equal(machine.type, "labwright:Host");
  });
});

describe("PgDatabase", () => {
  it("is a password, a role, a database, and nobody let in", async () => {
    const lab = await database();
    assert.deepEqual(lab.childNames(lab.get("gitea", "labwright:database:PgDatabase")), [
      "labwright:postgres:Database gitea",
      "labwright:postgres:Role gitea-owner",
      "random:index/randomPassword:RandomPassword gitea-owner-password",
    ]);
    const made = lab.get("gitea", "labwright:postgres:Database");
    assert.deepEqual(inputsOf(made), {
      cluster: "main",
      name: "gitea",
      owner: "gitea",
      locale: "C.UTF-8",
    });
    assert.equal(made.options.protect, true);
    const role = lab.get("gitea-owner");
    assert.deepEqual(role.secrets, ["password"]);
    assert.ok(lab.waitsFor(made, role));
    assert.ok(lab.waitsFor(role, lab.get("pg", "labwright:postgres:Server")));
    assert.deepEqual(lab.get("gitea-owner-password").inputs, {
      length: 32,
      special: false,
      keepers: { version: "1" },
    });
  });

  it("lets in exactly whom it names, and takes nothing from a database that may not go", async () => {
    const lab = await database({
      allowFrom: [{ address: "10.77.0.90" }, "10.77.0.0/28", "fd00:77:0::90", "fd00:77::/64"],
    });
    const rules = lab.ofType("labwright:postgres:HbaRule");
    assert.deepEqual(
      rules.map(({ name }) => name),
      [
        "gitea-owner-from-10.77.0.90/32",
        "gitea-owner-from-10.77.0.0/28",
        "gitea-owner-from-fd00:77::90/128",
        "gitea-owner-from-fd00:77::/64",
      ],
    );
    assert.deepEqual(inputsOf(rules[0]!), {
      cluster: "main",
      database: "gitea",
      user: "gitea",
      address: "10.77.0.90/32",
    });
    const made = lab.get("gitea", "labwright:postgres:Database");
    for (const rule of rules) {
      assert.ok(lab.waitsFor(rule, lab.get("gitea-owner")));
      assert.ok(lab.waitsFor(made, rule), "so that it is deleted after the database");
    }
  });

  it("gives what an application needs, the password and the URL as secrets", async () => {
    const lab = await database({
      password: "p@ss/word: 1",
      database: "my db",
      owner: "me",
      allowFrom: ["10.77.0.90"],
    });
    assert.deepEqual(lab.value, {
      host: "10.77.0.70",
      port: 5432,
      name: "my db",
      user: "me",
      password: "p@ss/word: 1",
      url: "postgresql://me:p%40ss%2Fword%3A%201@10.77.0.70:5432/my%20db",
      secret: true,
    });
    const component = lab.get("gitea", "labwright:database:PgDatabase");
    assert.deepEqual(component.outputSecrets.sort(), ["password", "url"]);
    assert.equal(lab.ofType("random:index/randomPassword:RandomPassword").length, 0);
    assert.deepEqual(lab.get("gitea-owner").secrets, ["password"]);
  });

  it("changes its password for another version", async () => {
    const lab = await database({ passwordVersion: "after the leak" });
    assert.deepEqual(lab.get("gitea-owner-password").inputs["keepers"], {
      version: "after the leak",
    });
  });

  it("goes when it is told to, with or without a dump", async () => {
    const lab = await database({ protect: false, keepDump: false });
    const made = lab.get("gitea", "labwright:postgres:Database");
    assert.equal(made.options.protect, false);
    assert.equal(made.inputs["keepDump"], false);
  });

  it("has readers, each with a password, privileges and access of its own", async () => {
    const lab = await recordLab(async () => {
      const made = new PgDatabase("gitea", {
        server: server(),
        allowFrom: ["10.77.0.90"],
        readers: { stats: { allowFrom: ["10.77.0.91"], connectionLimit: 2, passwordVersion: 3 } },
      });
      const { user, url } = made.readers["stats"]!;
      return {
        user: await outputValue(user),
        url: await outputValue(url),
        secret: await pulumi.isSecret(url),
      };
    });
    assert.equal(lab.value.user, "stats");
    assert.match(lab.value.url, /^postgresql:\/\/stats:.*@10\.77\.0\.70:5432\/gitea$/);
    assert.equal(lab.value.secret, true);
    assert.deepEqual(
      lab
        .childNames(lab.get("gitea", "labwright:database:PgDatabase"))
        .filter((child) => child.includes("reader")),
      [
        "labwright:postgres:Grant gitea-reader-stats-connect",
        "labwright:postgres:Grant gitea-reader-stats-schema",
        "labwright:postgres:Grant gitea-reader-stats-sequences",
        "labwright:postgres:Grant gitea-reader-stats-tables",
        "labwright:postgres:HbaRule gitea-reader-stats-from-10.77.0.91/32",
        "labwright:postgres:Role gitea-reader-stats",
        "random:index/randomPassword:RandomPassword gitea-reader-stats-password",
      ],
    );
    assert.deepEqual(inputsOf(lab.get("gitea-reader-stats-tables")), {
      cluster: "main",
      database: "gitea",
      role: "stats",
      on: "tables",
      privileges: ["SELECT"],
      futureOf: "gitea",
    });
    const made = lab.get("gitea", "labwright:postgres:Database");
    for (const grant of lab.ofType("labwright:postgres:Grant")) {
      assert.ok(lab.waitsFor(grant, made));
      assert.ok(lab.waitsFor(grant, lab.get("gitea-reader-stats")));
    }
    assert.equal(lab.get("gitea-reader-stats").inputs["connectionLimit"], 2);
  });

  it("goes onto a server of another stack", async () => {
    const offered = () => ({ handles: { pg: server({ port: 5433 }).handle } });
    const other = await recordLab(() => outputValue(pulumi.output(offered())));
    const stacks = { home: other.value } as RecordOptions["stacks"];
    const lab = await recordLab(
      async () => {
        const { pg } = await labReference<typeof offered>("home");
        const made = new PgDatabase("gitea", { server: pg, allowFrom: ["10.77.0.90"] });
        return outputValue(made.url);
      },
      { stacks },
    );
    assert.match(lab.value, /@10\.77\.0\.70:5433\/gitea$/);
    assert.equal(lab.ofType("labwright:postgres:Server").length, 0);
    const { host: on, ...rest } = lab.get("gitea", "labwright:postgres:Database").inputs;
    assert.equal((on as { address: string }).address, "10.77.0.70");
    assert.equal(rest["cluster"], "main");
  });

  it("is deleted with the machine it is on", async () => {
    const lab = await recordLab(() => {
      const on = existingHost({ name: "data", address: "fd00:77::70", hostKey: publicKey });
      const made = new PgDatabase("gitea", { server: new PostgresServer("pg", { host: on }) });
      return outputValue(made.url);
    });
    assert.match(lab.value, /@\[fd00:77::70\]:5432\/gitea$/);
  });
});
