import assert from "node:assert/strict";

import { deleteMachine } from "../../support/machine";
import { changes, Project } from "../../support/project";
import { type DaemonMachine, startNameServer } from "./daemons";
import { assertNoChange, destroy, killHalfWay, refresh, scripts, up, upError } from "./lab-project";

interface ZoneArgs {
  name: string;
  nameServers: string[];
  glue: Record<string, string[]>;
  adminMailbox: string;
  soa?: Record<string, number>;
  allowTransfer?: string[];
  adopt?: boolean;
}

const base: ZoneArgs = {
  name: "home.arpa",
  nameServers: ["ns1.home.arpa", "ns.elsewhere.test."],
  glue: { "ns1.home.arpa": ["10.77.0.120", "FD00::53"] },
  adminMailbox: "host.master@home.arpa",
};
const FILE = "/var/lib/bind/home.arpa.zone";

describe("bind:Zone on a real BIND", function () {
  let server: DaemonMachine;
  let project: Project;

  const program = (zones: Record<string, ZoneArgs>, records: string[] = []) =>
    `import { bind, dns } from "labwright/resources";
const host = ${server.host};
const zones: Record<string, Omit<bind.ZoneArgs, "host">> = ${JSON.stringify(zones)};
const dependsOn = Object.entries(zones).map(([name, args]) => new bind.Zone(name, { host, ...args }));
for (const name of ${JSON.stringify(records)})
  new dns.Record(name, { host, zone: "home.arpa", name, type: "A", values: ["10.77.0.80"] }, { dependsOn });
`;
  const change = (args: Partial<ZoneArgs>) =>
    project.write(program({ zone: { ...base, ...args } }));
  const dig = async (name: string, type: string) =>
    (await server.run(`dig @127.0.0.1 +norecurse +short ${name} ${type} | sort`))
      .trim()
      .split("\n");
  const soa = async () => (await dig("home.arpa", "SOA"))[0]!.replace(/ \d+ /, " SERIAL ");
  const nsupdate = (...lines: string[]) =>
    server.run(`nsupdate -l <<'END'\nzone home.arpa\n${lines.join("\n")}\nsend\nEND`);
  const config = () => server.run("rndc showzone home.arpa");
  const gone = () => server.run(`! rndc showzone home.arpa 2>/dev/null; ! ls ${FILE}* 2>/dev/null`);
  /** A record of somebody else, which no change of the zone may lose. */
  const witness = async () => {
    await nsupdate(
      "update delete witness.home.arpa.",
      "update add witness.home.arpa. 60 A 10.9.9.9",
    );
  };
  const assertWitness = async () =>
    assert.deepEqual(await dig("witness.home.arpa", "A"), ["10.9.9.9"]);

  before(async () => {
    server = await startNameServer("kinds-zone", 120);
    project = new Project("kinds-zone", "");
    await project.init();
  });
  after(async () => {
    await project.remove();
    await deleteMachine(120);
  });

  for (const time of ["the first time", "a second time"]) {
    it(`creates a zone that is served and kept, ${time}, and reads it back without a difference`, async () => {
      change({});
      assert.deepEqual(await up(project), { create: ["zone"] });
      assert.equal(
        await soa(),
        "ns1.home.arpa. host\\.master.home.arpa. SERIAL 86400 7200 3600000 300",
      );
      assert.deepEqual(await dig("home.arpa", "NS"), ["ns.elsewhere.test.", "ns1.home.arpa."]);
      assert.deepEqual(await dig("ns1.home.arpa", "A"), ["10.77.0.120"]);
      assert.deepEqual(await dig("ns1.home.arpa", "AAAA"), ["fd00::53"]);
      assert.equal(await server.run(`stat -c '%U %G %a' ${FILE}`), "bind bind 644\n");
      await server.run(`named-checkzone -i local -j home.arpa ${FILE}`);
      assert.deepEqual(await refresh(project), {});
      await assertNoChange(project);
      await witness();
      await server.run("systemctl restart named");
      await assertWitness();
    });

    it(`deletes the zone with its file and journal, ${time}`, async () => {
      assert.deepEqual(await destroy(project), { delete: ["zone"] });
      await gone();
    });
  }

  it("changes every field in place and keeps all records", async () => {
    change({});
    await up(project);
    await witness();
    const changed: Partial<ZoneArgs> = { ...base };
    const next = async (args: Partial<ZoneArgs>) => {
      change(Object.assign(changed, args));
      assert.deepEqual(await up(project), { update: ["zone"] });
      await assertWitness();
    };
    await next({ adminMailbox: "root@example.test" });
    assert.match(await soa(), / root\.example\.test\. /);
    await next({ soa: { refresh: 1000, retry: 200, expire: 30000, minimum: 40, ttl: 500 } });
    assert.match(await soa(), / SERIAL 1000 200 30000 40$/);
    assert.match(
      await server.run("dig @127.0.0.1 +noall +answer home.arpa NS"),
      /^home\.arpa\.\s+500\s/,
    );
    assert.match(await server.run("dig @127.0.0.1 +noall +answer ns1.home.arpa A"), /\.\s+500\s/);
    await next({ glue: { "ns1.home.arpa": ["10.77.0.54"] } });
    assert.deepEqual(await dig("ns1.home.arpa", "A"), ["10.77.0.54"]);
    assert.deepEqual(await dig("ns1.home.arpa", "AAAA"), [""]);
    await next({
      nameServers: ["ns2.home.arpa.", "ns1.home.arpa"],
      glue: { "ns2.home.arpa": ["10.77.0.2"], "ns1.home.arpa": ["10.77.0.1"] },
    });
    assert.match(await soa(), /^ns2\.home\.arpa\. /);
    await next({ nameServers: ["ns2.home.arpa."], glue: { "ns2.home.arpa.": ["10.77.0.2"] } });
    assert.deepEqual(await dig("home.arpa", "NS"), ["ns2.home.arpa."]);
    assert.deepEqual(await dig("ns1.home.arpa", "A"), [""]);
    assert.equal(
      await server.run(
        "dig @127.0.0.1 +noall +comments home.arpa AXFR | grep -c 'Transfer failed' || true",
      ),
      "1\n",
    );
    await next({ allowTransfer: ["127.0.0.0/8", "fd00:0::1"] });
    assert.match(await config(), /allow-transfer\s+\{ 127\.0\.0\.0\/8; fd00::1\/128; \};/);
    assert.match(
      await server.run("dig @127.0.0.1 home.arpa AXFR"),
      /witness\.home\.arpa\.\s+60\s+IN\s+A\s+10\.9\.9\.9/,
    );
    assert.deepEqual(await refresh(project), {});
    await assertNoChange(project);
  });

  it("replaces the zone for another name", async () => {
    change({ name: "other.test", nameServers: ["ns.elsewhere.test"], glue: {} });
    assert.deepEqual((await up(project))["create-replacement"], ["zone"]);
    await gone();
    assert.deepEqual(await dig("other.test", "NS"), ["ns.elsewhere.test."]);
    await destroy(project);
  });

  it("shows a hand edit of each property as that property, and repairs all without losing a record", async () => {
    change({ allowTransfer: ["10.77.0.0/24"] });
    await up(project);
    await witness();
    const edit = async (edited: Promise<unknown>, property: string) => {
      await edited;
      assert.deepEqual(await refresh(project), { zone: [property] });
      assert.deepEqual(await up(project), { update: ["zone"] });
      assert.deepEqual(await refresh(project), {});
      await assertWitness();
    };
    const setSoa = (text: string) => nsupdate(`update add home.arpa. ${text}`);
    await edit(nsupdate("update add home.arpa. 172800 NS extra.elsewhere.test."), "nameServers[2]");
    await edit(
      nsupdate("update add ns1.home.arpa. 172800 A 10.66.6.6"),
      'glue["ns1.home.arpa"][2]',
    );
    await edit(
      setSoa("172800 SOA ns1.home.arpa. me.home.arpa. 3900000001 86400 7200 3600000 300"),
      "adminMailbox",
    );
    await edit(
      setSoa("172800 SOA ns1.home.arpa. host\\.master.home.arpa. 3900000010 86400 7200 3600000 77"),
      "soa.minimum",
    );
    await edit(
      setSoa("99 SOA ns1.home.arpa. host\\.master.home.arpa. 3900000020 86400 7200 3600000 300"),
      "soa.ttl",
    );
    const modzone = (options: string) =>
      server.run(`rndc modzone home.arpa '{ type primary; file "${FILE}"; ${options} };'`);
    await edit(modzone("update-policy local; allow-transfer { any; };"), "allowTransfer[0]");
    await edit(
      modzone("allow-update { 10.66.6.6; }; allow-transfer { 10.77.0.0/24; };"),
      "updatePolicy",
    );
    await destroy(project);
  });

  it("sees a zone that was deleted by hand and makes it again, with its records", async () => {
    project.write(program({ zone: base }, ["r1", "r2"]));
    await up(project);
    await server.run("rndc delzone -clean home.arpa");
    assert.deepEqual(await refresh(project), { zone: "gone", r1: "gone", r2: "gone" });
    assert.deepEqual(await up(project), { create: ["r1", "r2", "zone"] });
    // Without -clean the file stays, and the records in it.
    await server.run("rndc delzone home.arpa");
    assert.deepEqual(await refresh(project), { zone: "gone", r1: "gone", r2: "gone" });
    assert.deepEqual(await up(project), { create: ["r1", "r2", "zone"] });
    assert.deepEqual(await dig("r1.home.arpa", "A"), ["10.77.0.80"]);
    assert.deepEqual(await refresh(project), {});
  });

  it("sees that the zone's file was removed, and has it back without losing a record", async () => {
    await witness();
    await server.run(`rm ${FILE}`);
    assert.deepEqual(await refresh(project), { zone: "gone" });
    assert.deepEqual(await up(project), { create: ["zone"] });
    await server.run(`test -s ${FILE}`);
    await assertWitness();
    await assertNoChange(project);
  });

  it("makes the zone and its records again when the file was removed and named killed", async () => {
    await server.run(`rm ${FILE}; systemctl kill -s KILL named; sleep 1; systemctl restart named`);
    assert.deepEqual(await refresh(project), { zone: "gone", r1: "gone", r2: "gone" });
    assert.deepEqual(await up(project), { create: ["r1", "r2", "zone"] });
    assert.deepEqual(await dig("r2.home.arpa", "A"), ["10.77.0.80"]);
    await assertNoChange(project);
    assert.deepEqual(await destroy(project), { delete: ["r1", "r2", "zone"] });
  });

  it("takes a zone that cannot be loaded for an error and not for a missing one", async () => {
    change({});
    await up(project);
    await server.run(
      `rndc sync -clean home.arpa; systemctl stop named; echo 'broken (' >>${FILE}; systemctl start named`,
    );
    const run = await project.refresh();
    assert.notEqual(run.code, 0);
    assert.match(run.errors.join("\n"), /named has zone home\.arpa and does not serve it \(\w+\)/);
    await server.run(`systemctl stop named; sed -i '/broken/d' ${FILE}; systemctl start named`);
    assert.deepEqual(await refresh(project), {});
  });

  it("destroys what is gone already, and says that named is not running", async () => {
    change({});
    await up(project);
    await server.run("systemctl stop named");
    const run = await project.destroy();
    assert.notEqual(run.code, 0);
    assert.match(run.errors.join("\n"), /rndc cannot ask named, is it running\?/);
    await server.run("systemctl start named; rndc delzone home.arpa");
    assert.deepEqual(await destroy(project), { delete: ["zone"] });
    await gone();
  });

  it("refuses a zone that somebody else made, and takes it over with its records by adopt", async () => {
    await server.run(`cat >/var/lib/bind/old-home <<'END'
home.arpa. 300 IN SOA old.test. root.old.test. 1 2 3 4 5
home.arpa. 300 IN NS old.test.
kept.home.arpa. 300 IN A 10.5.5.5
END
chown bind:bind /var/lib/bind/old-home
rndc addzone home.arpa '{ type primary; file "/var/lib/bind/old-home"; };'`);
    change({});
    assert.match(
      await upError(project),
      /home\.arpa on root@10\.77\.0\.120 exists already and was not made by this resource/,
    );
    assert.match(await soa(), /^old\.test\. /);
    change({ adopt: true });
    assert.deepEqual(await up(project), { create: ["zone"] });
    assert.deepEqual(await dig("kept.home.arpa", "A"), ["10.5.5.5"]);
    assert.deepEqual(await dig("home.arpa", "NS"), ["ns.elsewhere.test.", "ns1.home.arpa."]);
    assert.deepEqual(await refresh(project), {});
    await destroy(project);
    await gone();
    await server.run("! ls /var/lib/bind/old-home* 2>/dev/null");
  });

  it("refuses a zone file that somebody else left, and a zone of named.conf also with adopt", async () => {
    await server.run(`echo '; mine' >${FILE}`);
    change({});
    assert.match(await upError(project), /exists already and was not made by this resource/);
    assert.equal(await server.run(`cat ${FILE}`), "; mine\n");
    change({ adopt: true });
    assert.match(
      await upError(project),
      /is there already and named-checkzone refuses it: .*no TTL|has no NS|not loaded/s,
    );
    await server.run(`rm ${FILE}`);
    await server.run("rm -f /var/lib/labwright/ledger/*Zone*");
    await server.run(`cat >/etc/bind/named.conf.local <<'END'
zone "home.arpa" { type primary; file "/etc/bind/db.local"; };
END
rndc reconfig`);
    assert.match(
      await upError(project),
      /zone home\.arpa stands in named\.conf, where it cannot be changed for good/,
    );
    await server.run(": >/etc/bind/named.conf.local; rndc reconfig");
    await destroy(project);
  });

  it("says what named.conf lacks: allow-new-zones, disable-empty-zone", async () => {
    const options = "/etc/bind/named.conf.options";
    const tryWithout = async (statement: string) => {
      await server.run(
        `cp ${options} /root/options; sed -i '/${statement}/d' ${options}; systemctl restart named`,
      );
      const error = await upError(project);
      await server.run(`cp /root/options ${options}; systemctl restart named`);
      return error;
    };
    change({});
    assert.match(
      await tryWithout("allow-new-zones"),
      /named takes no new zones: set allow-new-zones yes/,
    );
    assert.match(
      await tryWithout("disable-empty-zone"),
      /named has an empty zone of its own for home\.arpa: give named\.conf disable-empty-zone "home\.arpa"/,
    );
    assert.deepEqual(await up(project), { create: ["zone"] });
    await destroy(project);
  });

  it("imports a zone", async () => {
    change({});
    await up(project);
    const before = await soa();
    const run = await project.run([
      "state",
      "delete",
      `urn:pulumi:${project.stack}::${project.name}::labwright:bind:Zone::zone`,
      "--yes",
      "--stack",
      project.stack,
    ]);
    assert.equal(run.code, 0, run.output);
    const id = `root@${server.address}:home.arpa`;
    const imported = await project.run([
      "import",
      "labwright:bind:Zone",
      "zone",
      id,
      "--yes",
      "--skip-preview",
      "--stack",
      project.stack,
      "--protect=false",
      "--generate-code=false",
    ]);
    assert.equal(imported.code, 0, imported.output);
    await up(project);
    assert.equal(await soa(), before);
    assert.deepEqual(await refresh(project), {});
    await destroy(project);
  });

  it("finishes the job of a killed provider, also when the state knows nothing of it", async () => {
    const zones = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [
        `zone${index}`,
        { ...base, name: `z${index}.test`, nameServers: ["ns.elsewhere.test"], glue: {} },
      ]),
    );
    project.write(program(zones));
    await killHalfWay(project, (log) => scripts(log, /^set zone/) >= 6);
    const made = Number(await server.run("ls /var/lib/bind/z*.zone | wc -l"));
    assert.ok(made > 0 && made < 20, `${made} of 20 were made`);
    assert.deepEqual(changes(await project.apply()), { create: Object.keys(zones).sort() });
    assert.deepEqual(await dig("z19.test", "NS"), ["ns.elsewhere.test."]);
    await assertNoChange(project);
    await destroy(project);
    assert.equal(await server.run("ls /var/lib/bind | wc -l"), "0\n");
  });
});
