import assert from "node:assert/strict";

import { deleteMachine } from "../../support/machine";
import { changes, Project } from "../../support/project";
import { type DaemonMachine, startNameServer } from "./daemons";
import { assertNoChange, destroy, killHalfWay, refresh, scripts, up, upError } from "./lab-project";

interface RecordArgs {
  zone?: string;
  name: string;
  type: string;
  values: string[];
  ttl?: number;
  adopt?: boolean;
}

/** One record of each type, with every notation that has a second way to write it. */
const each: Record<string, RecordArgs> = {
  a: { name: "wiki", type: "A", values: ["10.77.0.80", "10.77.0.81"], ttl: 300 },
  aaaa: { name: "wiki", type: "AAAA", values: ["FD00:77:0:0::80"] },
  caa: { name: "@", type: "CAA", values: ["0 issue letsencrypt.org", '128 iodef "mailto:a@b.c"'] },
  cname: { name: "docs", type: "CNAME", values: ["WIKI.home.arpa."] },
  mx: { name: "@", type: "MX", values: ["10 Mail.home.arpa.", "020 mail2.home.arpa."] },
  ns: { name: "lab", type: "NS", values: ["ns.lab.home.arpa."] },
  glue: { name: "ns.lab", type: "A", values: ["10.77.0.9"] },
  ptr: { name: "80.0.77.10.in-addr", type: "PTR", values: ["wiki.home.arpa."] },
  srv: { name: "_ldap._tcp", type: "SRV", values: ["0 0 389 ldap.home.arpa."] },
  sshfp: { name: "wiki", type: "SSHFP", values: [`4 2 ${"aB".repeat(32)}`] },
  tlsa: { name: "_443._tcp.wiki", type: "TLSA", values: [`3 1 1 ${"0f".repeat(32)}`] },
  txt: {
    name: "@",
    type: "TXT",
    values: [
      "v=spf1 -all",
      'say "hi" \\ back; $ORIGIN (x) @ \t tab',
      "ü€😀 \n \u007f",
      "x".repeat(255),
      "y".repeat(256),
      "z".repeat(3000),
      "",
    ],
  },
  wildcard: { name: "*.apps", type: "A", values: ["10.77.0.90"], ttl: 60 },
};

describe("dns:Record on a real BIND", function () {
  let server: DaemonMachine;
  let project: Project;

  const program = (records: Record<string, RecordArgs>) =>
    `import { dns } from "labwright/resources";
const host = ${server.host};
${Object.entries(records)
  .map(
    ([name, args]) =>
      `new dns.Record(${JSON.stringify(name)}, { host, ...${JSON.stringify({ zone: "home.arpa", ...args })} } as dns.RecordArgs);`,
  )
  .join("\n")}
`;
  const dig = async (name: string, type: string) =>
    (await server.run(`dig @127.0.0.1 +norecurse +short ${name} ${type} | sort`))
      .trim()
      .split("\n");
  const nsupdate = (...lines: string[]) =>
    server.run(`nsupdate -l <<'END'\nzone home.arpa\n${lines.join("\n")}\nsend\nEND`);
  const exists = async (name: string, type: string) =>
    (await server.run(`nsupdate -l <<'END' 2>&1 || true
zone home.arpa
prereq yxrrset ${name} ${type}
send
END`)) === "";
  const addZone = () =>
    server.run(`cat >/var/lib/bind/home.arpa.zone <<'END'
home.arpa. 300 IN SOA ns1.home.arpa. hostmaster.home.arpa. 1 86400 7200 3600000 300
home.arpa. 300 IN NS ns1.home.arpa.
ns1.home.arpa. 300 IN A 10.77.0.121
END
chown bind:bind /var/lib/bind/home.arpa.zone
rndc addzone home.arpa '{ type primary; file "/var/lib/bind/home.arpa.zone"; update-policy local; check-integrity no; };'`);

  before(async () => {
    server = await startNameServer("kinds-record", 121);
    await addZone();
    project = new Project("kinds-record", "");
    await project.init();
  });
  after(async () => {
    await project.remove();
    await deleteMachine(121);
  });

  const only = (...names: string[]) => Object.fromEntries(names.map((name) => [name, each[name]!]));

  for (const time of ["the first time", "a second time"]) {
    it(`creates records of every type, ${time}, and reads them back without a difference`, async () => {
      project.write(program(each));
      assert.deepEqual(await up(project), { create: Object.keys(each).sort() });
      assert.deepEqual(await dig("wiki.home.arpa", "A"), ["10.77.0.80", "10.77.0.81"]);
      assert.deepEqual(await dig("docs.home.arpa", "CNAME"), ["wiki.home.arpa."]);
      assert.deepEqual(await dig("home.arpa", "MX"), ["10 mail.home.arpa.", "20 mail2.home.arpa."]);
      assert.deepEqual(await dig("x.apps.home.arpa", "A"), ["10.77.0.90"]);
      assert.equal((await dig("home.arpa", "TXT")).length, each.txt!.values.length);
      assert.deepEqual(await refresh(project), {});
      await assertNoChange(project);
    });

    it(`deletes them all, ${time}`, async () => {
      assert.deepEqual(await destroy(project), { delete: Object.keys(each).sort() });
      for (const { name, type } of Object.values(each)) {
        const owner = name === "@" ? "home.arpa" : `${name}.home.arpa`;
        assert.equal(await exists(owner, type), false, `${owner} ${type}`);
      }
      assert.equal(await exists("home.arpa", "SOA"), true);
    });
  }

  it("changes values and ttl in place, and replaces for another name or type", async () => {
    project.write(program(only("a", "txt")));
    await up(project);
    const change = async (args: Partial<RecordArgs>) => {
      project.write(program({ a: { ...each.a!, ...args }, txt: each.txt! }));
      return up(project);
    };
    assert.deepEqual(await change({ values: ["10.77.0.81", "10.77.0.82"] }), { update: ["a"] });
    assert.deepEqual(await dig("wiki.home.arpa", "A"), ["10.77.0.81", "10.77.0.82"]);
    assert.deepEqual(await change({ values: ["10.77.0.82", "10.77.0.81"], ttl: 77 }), {
      update: ["a"],
    });
    const line = await server.run("dig @127.0.0.1 +noall +answer wiki.home.arpa A | head -n 1");
    assert.match(line, /^wiki\.home\.arpa\.\s+77\s/);
    const moved = await change({ name: "wiki2" });
    assert.deepEqual(moved["create-replacement"], ["a"]);
    assert.equal(await exists("wiki.home.arpa", "A"), false);
    assert.deepEqual(await dig("wiki2.home.arpa", "A"), ["10.77.0.80", "10.77.0.81"]);
    const retyped = await change({ name: "wiki2", type: "AAAA", values: ["fd00::1"] });
    assert.deepEqual(retyped["create-replacement"], ["a"]);
    assert.equal(await exists("wiki2.home.arpa", "A"), false);
    assert.deepEqual(await dig("wiki2.home.arpa", "AAAA"), ["fd00::1"]);
    await assertNoChange(project);
    await destroy(project);
  });

  it("shows a hand edit of values and of ttl as that property, and repairs it", async () => {
    project.write(program(only("a", "txt", "mx")));
    await up(project);
    await nsupdate("update delete wiki.home.arpa. A 10.77.0.81");
    await nsupdate(
      "update add home.arpa. 3600 TXT hand made",
      "update add home.arpa. 99 MX 20 mail2.home.arpa.",
    );
    assert.deepEqual(await refresh(project), {
      a: ["values[1]"],
      mx: ["ttl"],
      txt: ["values[7]"],
    });
    assert.deepEqual(await up(project), { update: ["a", "mx", "txt"] });
    assert.deepEqual(await dig("wiki.home.arpa", "A"), ["10.77.0.80", "10.77.0.81"]);
    assert.deepEqual(await refresh(project), {});
    await destroy(project);
  });

  it("sees a record that was deleted by hand and makes it again, a wildcard beside it or not", async () => {
    project.write(program(only("a", "txt")));
    await up(project);
    await nsupdate(
      "update delete wiki.home.arpa. A",
      "update add *.home.arpa. 300 A 10.77.0.80",
      "update add *.home.arpa. 300 A 10.77.0.81",
    );
    assert.deepEqual(await refresh(project), { a: "gone" });
    assert.deepEqual(await up(project), { create: ["a"] });
    assert.equal(await exists("wiki.home.arpa", "A"), true);
    await nsupdate("update delete *.home.arpa. A");
    await destroy(project);
  });

  it("makes records again after their whole zone was deleted by hand", async () => {
    project.write(program(only("a", "txt", "srv")));
    await up(project);
    await server.run("rndc delzone -clean home.arpa");
    assert.deepEqual(await refresh(project), { a: "gone", srv: "gone", txt: "gone" });
    assert.match(
      await upError(project),
      /the name server does not answer for zone "home\.arpa" \(\w+\): create the zone first/,
    );
    await addZone();
    assert.deepEqual(await up(project), { create: ["a", "srv", "txt"] });
    await destroy(project);
  });

  it("destroys what is gone already, with its zone or alone", async () => {
    project.write(program(only("a", "txt")));
    await up(project);
    await nsupdate("update delete wiki.home.arpa. A");
    assert.deepEqual(await destroy(project), { delete: ["a", "txt"] });
    await up(project);
    await server.run("rndc delzone -clean home.arpa");
    assert.deepEqual(await destroy(project), { delete: ["a", "txt"] });
    await addZone();
  });

  it("keeps what it knows while the name server does not answer, with a warning", async () => {
    project.write(program(only("a")));
    await up(project);
    await server.run("systemctl stop named");
    const run = await project.refresh();
    assert.equal(run.code, 0, run.output);
    assert.deepEqual(run.errors, []);
    assert.match(run.output, /kept as last known.* name server does not answer on 127\.0\.0\.1/);
    await server.run("systemctl start named");
    assert.deepEqual(await refresh(project), {});
    await assertNoChange(project);
    await destroy(project);
  });

  it("refuses a record that somebody else made, and takes it over with adopt", async () => {
    await nsupdate("update add wiki.home.arpa. 300 A 10.77.0.99");
    project.write(program(only("a")));
    const error = await upError(project);
    assert.match(
      error,
      /home\.arpa\/wiki\/A on root@10\.77\.0\.121 exists already and was not made by this resource; set adopt: true/,
    );
    assert.deepEqual(await dig("wiki.home.arpa", "A"), ["10.77.0.99"]);
    project.write(program({ a: { ...each.a!, adopt: true } }));
    assert.deepEqual(await up(project), { create: ["a"] });
    assert.deepEqual(await dig("wiki.home.arpa", "A"), ["10.77.0.80", "10.77.0.81"]);
    await destroy(project);
  });

  it("refuses a stale edit in words: somebody changed the record since it was last seen", async () => {
    project.write(program(only("a")));
    await up(project);
    await nsupdate(
      "update delete wiki.home.arpa. A",
      "update add wiki.home.arpa. 300 A 10.77.0.66",
    );
    project.write(program({ a: { ...each.a!, values: ["10.77.0.70"] } }));
    const error = await upError(project);
    assert.match(error, /somebody else changed the A records of wiki\.home\.arpa\./);
    assert.match(error, /values is \["10\.77\.0\.66"\] on the name server/);
    assert.deepEqual(await dig("wiki.home.arpa", "A"), ["10.77.0.66"]);
    assert.deepEqual(Object.keys(await refresh(project)), ["a"]);
    assert.deepEqual(await up(project), { update: ["a"] });
    assert.deepEqual(await dig("wiki.home.arpa", "A"), ["10.77.0.70"]);
    await destroy(project);
  });

  it("refuses an alias beside other records, and other records beside an alias, and does the rest", async () => {
    await nsupdate(
      "update add wiki.home.arpa. 300 TXT by-hand",
      "update add docs.home.arpa. 300 CNAME wiki.home.arpa.",
    );
    project.write(
      program({
        clash: { name: "wiki", type: "CNAME", values: ["x.home.arpa."] },
        beside: { name: "docs", type: "A", values: ["10.77.0.1"] },
        good: { name: "good", type: "A", values: ["10.77.0.2"] },
      }),
    );
    const error = await upError(project);
    assert.match(error, /wiki\.home\.arpa\. has TXT records already, and an alias stands alone/);
    assert.match(
      error,
      /docs\.home\.arpa\. is an alias \(CNAME\) already, and an alias stands alone/,
    );
    assert.equal(await exists("good.home.arpa", "A"), true);
    assert.deepEqual(await dig("docs.home.arpa", "CNAME"), ["wiki.home.arpa."]);
    await nsupdate("update delete wiki.home.arpa. TXT", "update delete docs.home.arpa. CNAME");
    await destroy(project);
  });

  it("says in words why the name server refuses", async () => {
    const zone = 'type primary; file "/var/lib/bind/home.arpa.zone"; check-integrity no;';
    await server.run(`rndc modzone home.arpa '{ ${zone} };'`);
    project.write(program(only("a")));
    assert.match(
      await upError(project),
      /\(REFUSED\): the zone's rules forbid it: it needs `update-policy local`/,
    );
    await server.run(`rndc modzone home.arpa '{ ${zone} update-policy local; };'`);
    assert.deepEqual(await up(project), { create: ["a"] });
    await destroy(project);
  });

  it("imports a record", async () => {
    await nsupdate(
      "update add old.home.arpa. 120 TXT one",
      'update add old.home.arpa. 120 TXT "two" "parts"',
    );
    const id = `root@${server.address}:home.arpa/old/TXT`;
    const run = await project.run([
      "import",
      "labwright:dns:Record",
      "old",
      id,
      "--yes",
      "--skip-preview",
      "--stack",
      project.stack,
      "--protect=false",
      "--generate-code=false",
    ]);
    assert.equal(run.code, 0, run.output);
    const state = JSON.parse(await project.exportState()) as {
      deployment: { resources: { type: string; inputs: Record<string, unknown> }[] };
    };
    const imported = state.deployment.resources.find(
      ({ type }) => type === "labwright:dns:Record",
    )!;
    const { zone, name, type, values, ttl } = imported.inputs;
    assert.deepEqual(
      { zone, name, type, values, ttl },
      { zone: "home.arpa", name: "old", type: "TXT", values: ["one", "twoparts"], ttl: 120 },
    );
    project.write(
      program({ old: { name: "old", type: "TXT", values: ["twoparts", "one"], ttl: 120 } }),
    );
    await up(project);
    assert.deepEqual(await refresh(project), {});
    await destroy(project);
    assert.equal(await exists("old.home.arpa", "TXT"), false);
  });

  const many = Object.fromEntries(
    Array.from({ length: 200 }, (_, index) => [
      `r${index}`,
      { name: `r${index}`, type: "A", values: [`10.78.0.${index}`], ttl: 300 },
    ]),
  );

  it("finishes the job of a killed provider, also when the state knows nothing of it", async () => {
    project.write(program(many));
    await killHalfWay(project, (log) => scripts(log, /^set home\.arpa/) >= 60);
    const made = Number(
      await server.run("grep -l 'kind labwright' /var/lib/labwright/ledger/*Record* | wc -l"),
    );
    assert.ok(made > 0 && made < 200, `${made} of 200 were begun`);
    assert.deepEqual(changes(await project.apply()), { create: Object.keys(many).sort() });
    assert.deepEqual(await dig("r199.home.arpa", "A"), ["10.78.0.199"]);
    await assertNoChange(project);
  });

  it("reads and deletes 200 records over one connection each", async () => {
    project.providerLog();
    assert.deepEqual(await refresh(project), {});
    assert.equal(project.providerLog().filter(({ event }) => event === "connect").length, 1);
    await destroy(project);
    assert.equal(project.providerLog().filter(({ event }) => event === "connect").length, 1);
    assert.equal(await exists("r0.home.arpa", "A"), false);
  });
});
