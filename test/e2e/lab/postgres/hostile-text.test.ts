import assert from "node:assert/strict";
import fc from "fast-check";

import { hbaToken } from "../../../../provider/kinds/postgres/hba-rule/line";
import { scramVerifier } from "../../../../provider/kinds/postgres/scram";
import { confValue } from "../../../../provider/kinds/postgres/server/render";
import { sqlIdentifier, sqlLiteral } from "../../../../provider/kinds/postgres/sql";
import { checkSettingValue, checkSqlName } from "../../../../validation/postgres";
import { deleteMachine } from "../../support/machine";
import { connect, type PostgresMachine, startPostgresMachine } from "./postgres-machine";

const NUMBER = 183;
/** Fixed, so that a failure can be looked at again. */
const SEED = 20240229;
const COUNT = 10_000;

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(..."\"'\\;:$@#-/*%,=+() \t\n\r{}09az.éÿ\u007f€😀"),
    maxLength: 40,
  }),
  fc.string({
    unit: fc.constantFrom(
      "'",
      "\\",
      '"',
      "$$",
      "--",
      "/*",
      "*/",
      "\\gexec",
      "\\!",
      ":x",
      ":'x'",
      " # labwright 1 a",
      "all",
      "@f",
      "\n",
      " ",
    ),
    maxLength: 8,
  }),
);

/** So many texts that a check accepts, out of ones made to get past it. */
function accepted(good: (candidate: string) => boolean): string[] {
  const found: string[] = [];
  for (let seed = SEED; found.length < COUNT; seed++)
    found.push(...fc.sample(text, { numRuns: COUNT, seed }).filter(good));
  return found.slice(0, COUNT);
}

const hex = (value: string) => Buffer.from(value).toString("hex");
const inHex = (expression: string) => `encode(convert_to(${expression}, 'UTF8'), 'hex')`;

/** Fails with the first text that became another one. */
function assertKept(texts: readonly string[], said: string): void {
  const lines = said.split("\n");
  assert.equal(lines.length, texts.length, said.slice(0, 500));
  const at = texts.findIndex((candidate, index) => hex(candidate) !== lines[index]);
  assert.equal(
    at,
    -1,
    `${JSON.stringify(texts[at])} became ${Buffer.from(lines[at] ?? "", "hex").toString()}`,
  );
}

describe("hostile text, judged by PostgreSQL itself", function () {
  let machine: PostgresMachine;

  before(async () => {
    machine = await startPostgresMachine("postgres-hostile", NUMBER);
    await machine.run(
      "export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8; apt-get -qq update >/dev/null; apt-get -qq install -y postgresql >/dev/null 2>&1",
    );
  });
  after(() => deleteMachine(NUMBER));

  for (const conforming of ["on", "off"])
    it(`every constant is what it stands for, standard_conforming_strings ${conforming}`, async () => {
      const texts = accepted(
        (candidate) => !candidate.includes("\0") && !/\p{Surrogate}/u.test(candidate),
      );
      const statements = texts.map((candidate) => `select ${inHex(sqlLiteral(candidate))};`);
      assertKept(
        texts,
        await machine.sql(
          `\\set x hidden\nset escape_string_warning = off; set standard_conforming_strings = ${conforming};\n${statements.join("\n")}`,
        ),
      );
    });

  it("every name that is accepted is the name it stands for", async () => {
    const texts = accepted((candidate) => checkSqlName(candidate) === undefined);
    const statements = texts.map(
      (candidate) =>
        `select ${inHex("k")} from (select json_object_keys(row_to_json(t)) as k from (select 1 as ${sqlIdentifier(candidate)}) t) s;`,
    );
    assertKept(texts, await machine.sql(`\\set x hidden\n${statements.join("\n")}`));
  });

  it("every word of pg_hba.conf is one word, and no other line", async () => {
    const texts = accepted(
      (candidate) => checkSqlName(candidate) === undefined && !candidate.startsWith("/"),
    );
    const lines = texts.map(
      (candidate) =>
        `host ${hbaToken(candidate)} ${hbaToken(candidate)} 10.0.0.1/32 reject # labwright 1 x`,
    );
    await machine.run(`cp -p /etc/postgresql/15/main/pg_hba.conf /root/hba
cat >/etc/postgresql/15/main/pg_hba.conf <<'END-OF-LINES'
${lines.join("\n")}
END-OF-LINES`);
    const answers = await machine.sql(
      `select ${inHex("database[1]")} from pg_hba_file_rules where error is null and database = user_name and cardinality(database) = 1 order by line_number`,
    );
    await machine.run("cp -p /root/hba /etc/postgresql/15/main/pg_hba.conf");
    assertKept(texts, answers);
  });

  it("every value in postgresql.conf is what it stands for", async () => {
    const texts = accepted((candidate) => checkSettingValue(candidate) === undefined);
    const lines = texts.map((candidate, index) => `test.n${index} = ${confValue(candidate)}`);
    await machine.run(`cat >/etc/postgresql/15/main/conf.d/99-test.conf <<'END-OF-LINES'
${lines.join("\n")}
END-OF-LINES`);
    const answers = await machine.sql(
      `select ${inHex("setting")} from pg_file_settings where sourcefile like '%/99-test.conf' and error is null order by seqno`,
    );
    await machine.run("rm /etc/postgresql/15/main/conf.d/99-test.conf");
    assertKept(texts, answers);
  });

  it("every verifier lets in with its password, and with no other", async () => {
    const password = fc.string({
      unit: fc.constantFrom(..."'\"\\$: %@/#~^abc019"),
      minLength: 1,
      maxLength: 40,
    });
    const passwords = fc.sample(password, { numRuns: 20, seed: SEED });
    await machine.sql(
      passwords
        .map(
          (item, index) =>
            `create role p${index} login password ${sqlLiteral(scramVerifier(item))};`,
        )
        .join("\n"),
    );
    for (const [index, item] of passwords.entries()) {
      const url = (tried: string) =>
        `postgresql://p${index}:${encodeURIComponent(tried)}@127.0.0.1:5432/postgres`;
      assert.equal(await connect(machine, url(item)), "in", JSON.stringify(item));
      assert.match(await connect(machine, url(`${item}x`)), /password authentication failed/);
    }
  });
});
