import assert from "node:assert/strict";
import fc from "fast-check";

import { checkDatabase } from "../../../../../provider/kinds/postgres/database/check";
import { dumpName } from "../../../../../provider/kinds/postgres/database/dump.render";
import { databaseKind } from "../../../../../provider/kinds/postgres/database/kind";
import {
  renderDatabase,
  renderInside,
} from "../../../../../provider/kinds/postgres/database/render";
import { checkGrant } from "../../../../../provider/kinds/postgres/grant/check";
import { grantKind } from "../../../../../provider/kinds/postgres/grant/kind";
import {
  observedPrivileges,
  renderGrant,
  renderRevoke,
} from "../../../../../provider/kinds/postgres/grant/render";
import { checkHbaRule } from "../../../../../provider/kinds/postgres/hba-rule/check";
import { hbaRuleKind } from "../../../../../provider/kinds/postgres/hba-rule/kind";
import {
  parseMarkedLine,
  parseRuleName,
  renderMarkedLine,
  ruleName,
} from "../../../../../provider/kinds/postgres/hba-rule/line";
import { checkRole } from "../../../../../provider/kinds/postgres/role/check";
import { roleKind } from "../../../../../provider/kinds/postgres/role/kind";
import { scramVerifier, verifies } from "../../../../../provider/kinds/postgres/scram";
import { checkServer } from "../../../../../provider/kinds/postgres/server/check";
import { serverKind } from "../../../../../provider/kinds/postgres/server/kind";
import {
  renderSettings,
  serverMessage,
} from "../../../../../provider/kinds/postgres/server/render";
import { sqlArray, sqlIdentifier, sqlLiteral } from "../../../../../provider/kinds/postgres/sql";
import { formatIssue, type Issue } from "../../../../../validation/issue";

const texts = (issues: readonly Issue[]) => issues.map(formatIssue);

const rule = {
  cluster: "main",
  type: "host" as const,
  database: "wiki",
  user: "anna",
  address: "10.77.0.90/32",
  method: "scram-sha-256" as const,
  options: {},
  order: 100,
};
const database = {
  host: {} as never,
  adopt: false,
  cluster: "main",
  name: "wiki",
  owner: "anna",
  encoding: "UTF8",
  connectionLimit: -1,
  extensions: [] as string[],
  publicAccess: false,
  keepDump: true,
};
const grant = {
  cluster: "main",
  database: "wiki",
  role: "stats",
  on: "tables" as const,
  schema: "public",
  privileges: ["SELECT"],
  futureOf: "anna",
};

describe("sqlIdentifier(), sqlLiteral()", () => {
  it("quote what would end them", () => {
    assert.equal(sqlIdentifier('a"b'), '"a""b"');
    assert.equal(sqlLiteral("it's"), "'it''s'");
    assert.equal(sqlLiteral("a\\'b"), " E'a\\\\''b'");
    assert.equal(sqlArray(["a", "'"]), "array['a', '''']::pg_catalog.text[]");
    assert.equal(sqlArray([]), "array[]::pg_catalog.text[]");
  });

  it("refuse what PostgreSQL would change without a word", () => {
    for (const name of ["", "x".repeat(64), "ü".repeat(32), "a\0", "\ud800"])
      assert.throws(() => sqlIdentifier(name), name);
    assert.throws(() => sqlLiteral("a\0"));
    assert.throws(() => sqlLiteral("\udc00"));
  });
});

describe("scramVerifier()", () => {
  it("is what PostgreSQL itself makes of a password and a salt", () => {
    // RFC 7677, 3: user `user`, password `pencil`, with the keys that follow from its exchange.
    const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");
    assert.equal(
      scramVerifier("pencil", salt),
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
    );
  });

  it("has another salt each time, and verifies its password alone", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (password, other) => {
        const verifier = scramVerifier(password);
        assert.notEqual(verifier, scramVerifier(password));
        assert.ok(verifies(verifier, password));
        assert.equal(verifies(verifier, other), password === other);
      }),
      { numRuns: 20 },
    );
  });

  it("is not what MD5, nothing or nonsense is", () => {
    for (const found of [
      null,
      undefined,
      "",
      "md5abc",
      "SCRAM-SHA-256$x",
      "SCRAM-SHA-256$0:AA==$AA==:AA==",
    ])
      assert.equal(verifies(found, "x"), false);
  });
});

describe("postgres:HbaRule", () => {
  it("is one line with its mark", () => {
    assert.equal(
      renderMarkedLine(rule),
      'host "wiki" "anna" 10.77.0.90/32 scram-sha-256 # labwright 100 main/host/wiki/anna/10.77.0.90/32',
    );
    assert.equal(
      renderMarkedLine({
        ...rule,
        type: "local",
        address: undefined,
        database: "all",
        user: "all",
        method: "peer",
        options: { map: "a b" },
      }),
      'local all all peer "map=a b" # labwright 100 main/local/all/all',
    );
  });

  it("is read from its line and its name as it was", () => {
    const name = fc
      .string({ unit: fc.constantFrom(..."ab\"/%\\# ,@+'é"), minLength: 1, maxLength: 12 })
      .filter((text) => !text.startsWith("/"));
    fc.assert(
      fc.property(name, name, (one, other) => {
        const made = { ...rule, database: one, user: other };
        assert.deepEqual({ cluster: "main", ...parseMarkedLine(renderMarkedLine(made)) }, made);
        const { database: first, user, address } = parseRuleName(ruleName(made))!;
        assert.deepEqual([first, user, address], [one, other, rule.address]);
      }),
    );
  });

  it("shows what somebody wrote in its place", () => {
    assert.deepEqual(parseMarkedLine("host all all 0.0.0.0 0.0.0.0 trust # labwright 5 x"), {
      type: "host",
      database: "all",
      user: "all",
      address: "0.0.0.0 0.0.0.0",
      method: "trust",
      options: {},
      order: 5,
    });
  });

  it("refuses what would mean more, or lock us out", () => {
    assert.deepEqual(
      texts(
        checkHbaRule({
          ...rule,
          type: "local",
          user: "all",
          database: "/.*",
          address: "10.0.0.1/8",
          options: { "a b": "" },
        }),
      ),
      [
        'database is "/.*": use a name without a slash at its beginning: PostgreSQL takes it for a regular expression',
        'address is "10.0.0.1/8": use the network\'s first address: 10.0.0.0/8',
        'address is "10.0.0.1/8": leave it out: local connections have none',
        'method is "scram-sha-256": use peer: Labwright itself logs in as postgres over the Unix socket',
        'options is "a b": use the name of an option, such as map',
        'options.a b is "": use a text on one line',
      ],
    );
    assert.deepEqual(texts(checkHbaRule({ ...rule, method: "peer" })), [
      'method is "peer": use it with type local alone',
    ]);
    assert.deepEqual(texts(checkHbaRule({ ...rule, method: "cert" })), [
      'method is "cert": use it with type hostssl alone',
    ]);
  });
});

describe("postgres:Role", () => {
  it("refuses names that PostgreSQL keeps, passwords it would change, and itself as its group", () => {
    assert.deepEqual(
      texts(checkRole({ name: "pg_x", password: "ä", memberOf: ["pg_x", "a", "a"] })),
      [
        'name is "pg_x": use another name: PostgreSQL has this role for itself',
        "password: use 1-512 printable ASCII characters",
        'memberOf[0] is "pg_x": leave it out: it is the role itself',
        'memberOf[2] is "a": leave out what is there twice',
      ],
    );
  });
});

describe("postgres:Database", () => {
  it("is made from template0, and nobody but its owner gets in", () => {
    const text = renderDatabase({ ...database, locale: "C.UTF-8" });
    assert.match(
      text,
      /select 'create database "wiki" owner "anna" template template0 encoding ''UTF8'' locale ''C\.UTF-8''' where not exists/,
    );
    assert.match(text, /revoke connect, temporary on database "wiki" from public;/);
  });

  it("drops extensions that are wanted no more, the last one first, and makes new ones in their order", () => {
    assert.equal(
      renderInside(
        { ...database, extensions: ["cube", "earthdistance"] },
        { owner: "anna", extensions: ["a", "b", "cube"] },
      ),
      `drop extension if exists "b";
drop extension if exists "a";
set search_path = public;
create extension if not exists "cube";
create extension if not exists "earthdistance";
`,
    );
    assert.equal(renderInside(database, undefined), "");
  });

  it("names its dump so that the name is a file's", () => {
    assert.equal(dumpName("a/b c"), "a%2Fb%20c");
    assert.equal(dumpName(".."), "%2E.");
  });

  it("refuses PostgreSQL's own databases, and what is no name of an encoding or extension", () => {
    assert.deepEqual(
      texts(
        checkDatabase({
          name: "postgres",
          owner: "none",
          encoding: "utf8",
          locale: "",
          extensions: ["a--b"],
        }),
      ),
      [
        'name is "postgres": use another name: PostgreSQL has this database for itself',
        'owner is "none": use another name: PostgreSQL keeps this one for itself',
        'encoding is "utf8": use PostgreSQL\'s own name of an encoding, such as UTF8 or LATIN1',
        'locale is "": use the name of a locale, such as C.UTF-8 or de_DE.UTF-8',
        'extensions[0] is "a--b": use the name of an extension, such as pg_trgm',
      ],
    );
  });
});

describe("postgres:Grant", () => {
  it("is all revoked and the wanted granted, in one transaction", () => {
    assert.equal(
      renderGrant(grant, ["bert"]),
      `begin;
revoke all privileges on all tables in schema "public" from "stats";
alter default privileges for role "bert" in schema "public" revoke all privileges on tables from "stats";
alter default privileges for role "anna" in schema "public" revoke all privileges on tables from "stats";
grant SELECT on all tables in schema "public" to "stats";
alter default privileges for role "anna" in schema "public" grant SELECT on tables to "stats";
commit;
`,
    );
    assert.equal(
      renderRevoke({ ...grant, on: "database", futureOf: undefined }),
      'begin;\nrevoke all privileges on database "wiki" from "stats";\ncommit;\n',
    );
  });

  it("has a privilege when it is on every object, and one too many when it is on any", () => {
    const seen = { objects: 3, privileges: { SELECT: 3, INSERT: 1 }, future: {} };
    assert.deepEqual(observedPrivileges(seen, ["SELECT", "UPDATE"]), ["SELECT", "INSERT"]);
    assert.deepEqual(observedPrivileges({ ...seen, privileges: { SELECT: 2 } }, ["SELECT"]), []);
    assert.deepEqual(observedPrivileges({ objects: 0, privileges: {}, future: {} }, ["SELECT"]), [
      "SELECT",
    ]);
    assert.deepEqual(observedPrivileges(seen, undefined), ["SELECT"]);
  });

  it("refuses privileges that there are not on such things", () => {
    assert.deepEqual(
      texts(checkGrant({ ...grant, on: "schema", privileges: ["SELECT; drop", "USAGE", "USAGE"] })),
      [
        'privileges[0] is "SELECT; drop": use CREATE, USAGE',
        'privileges[2] is "USAGE": leave out what is there twice',
        'futureOf is "anna": leave it out: it is for tables, sequences and functions',
      ],
    );
  });
});

describe("postgres:Server", () => {
  it("writes settings in one order, quoted", () => {
    assert.equal(
      renderSettings({ work_mem: "16MB", "a.b": "it's \\ x" }),
      "# Kept by labwright.\na.b = 'it''s \\\\ x'\nwork_mem = '16MB'\n",
    );
  });

  it("tells what PostgreSQL says without times and summary", () => {
    assert.equal(
      serverMessage(`2026-11-21 14:00:00.000 UTC [12] LOG:  invalid value for parameter "work_mem": "x"
2026-11-21 14:00:00.000 UTC [12] FATAL:  configuration file "/etc/postgresql.conf" contains errors
`),
      'LOG:  invalid value for parameter "work_mem": "x"',
    );
  });

  it("refuses settings that move files, and one setting by two names", () => {
    assert.deepEqual(
      texts(
        checkServer({
          cluster: "15-main",
          version: "9.6",
          settings: { HBA_file: "/x", a: "1", A: "2" },
          packages: ["-x"],
        }),
      ),
      [
        'cluster is "15-main": use the name of a cluster, such as main: lower-case letters, digits, _ and .',
        'version is "9.6": use a major version of 13 or later, such as 15',
        'settings is "HBA_file": leave it out: where files lie is the distribution\'s',
        'settings.A is "2": leave it out: it is a',
        'packages[0] is "-x": use the name of a package such as bind9',
      ],
    );
  });
});

describe("names of PostgreSQL's things", () => {
  it("are told apart, and read back", () => {
    const odd = "a/b %2F";
    const both = { cluster: "main", name: odd };
    assert.equal(roleKind.physical({ ...both } as never), "main/a%2Fb %252F");
    for (const kind of [roleKind, databaseKind])
      assert.deepEqual(kind.parse(kind.physical({ ...both } as never)), both);
    const { cluster, database: name, role, on, schema } = grant;
    const identity = { cluster, database: name, role, on, schema };
    assert.deepEqual(grantKind.parse(grantKind.physical(grant)), identity);
    assert.equal(grantKind.physical({ ...grant, on: "database" }), "main/wiki/stats/database");
    assert.deepEqual(serverKind.parse("main"), { cluster: "main" });
    for (const kind of [roleKind, databaseKind, grantKind, hbaRuleKind, serverKind])
      for (const nonsense of ["", "/", "a//b/c/d", "main/%/x", "x y"])
        assert.equal(kind.parse(nonsense), undefined, `${kind.schema.token} ${nonsense}`);
  });
});
