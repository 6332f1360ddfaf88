import assert from "node:assert/strict";
import fc from "fast-check";

import { apexInputs, parseApex, wantedApex } from "../../../../../provider/kinds/bind/zone/apex";
import { checkZone } from "../../../../../provider/kinds/bind/zone/check";
import { parseMailbox, renderMailbox } from "../../../../../provider/kinds/bind/zone/mailbox";
import {
  canonicalElement,
  parseZoneConfig,
  renderZoneConfig,
} from "../../../../../provider/kinds/bind/zone/named-config";
import type { SeenZone } from "../../../../../provider/kinds/bind/zone/observe";
import { nextStep } from "../../../../../provider/kinds/bind/zone/plan";
import {
  nextSerial,
  renderApexUpdate,
  renderZoneFile,
} from "../../../../../provider/kinds/bind/zone/render";
import { parseAnswers } from "../../../../../provider/kinds/dns/answer.parse";
import { formatIssue } from "../../../../../validation/issue";

const good = {
  name: "home.arpa",
  kind: "primary" as const,
  updatePolicy: "local" as const,
  nameServers: ["ns1.home.arpa", "ns.elsewhere.test."],
  glue: { "ns1.home.arpa.": ["10.77.0.53", "FD00::53"] },
  adminMailbox: "host.master@home.arpa",
  soa: { refresh: 1, retry: 2, expire: 3, minimum: 4, ttl: 5 },
  allowTransfer: ["10.77.0.0/24"],
};
type Inputs = Parameters<typeof checkZone>[0];
const issues = (inputs: object) => checkZone({ ...good, ...inputs } as Inputs).map(formatIssue);

describe("checkZone()", () => {
  it("accepts a zone, and what is not known yet", () => {
    assert.deepEqual(issues({}), []);
    for (const field of Object.keys(good)) assert.deepEqual(issues({ [field]: undefined }), []);
    assert.deepEqual(issues({ nameServers: ["ns.elsewhere.test"], glue: {} }), []);
    assert.deepEqual(issues({ name: "0.77.10.in-addr.arpa", nameServers: ["a.b"], glue: {} }), []);
    assert.deepEqual(issues({ allowTransfer: ["any", "10.0.0.1", "fd00::/64"] }), []);
  });

  const bad: [object, string][] = [
    [{ name: "Home.arpa" }, 'name is "Home.arpa": use lower-case letters: home.arpa'],
    [{ name: "home.arpa." }, 'name is "home.arpa.": leave out the dot at the end: home.arpa'],
    [
      { name: 'x"; };', nameServers: ["a.b"], glue: {} },
      'name is "x\\"; };": use letters, digits and hyphens, with dots between the labels',
    ],
    [
      { adminMailbox: "hostmaster" },
      'adminMailbox is "hostmaster": use a mail address such as hostmaster@home.arpa',
    ],
    [
      { adminMailbox: "a@b@c.d" },
      'adminMailbox is "a@b@c.d": use a mail address such as hostmaster@home.arpa',
    ],
    [
      { adminMailbox: "a b@c.d" },
      'adminMailbox is "a b@c.d": use a mail address such as hostmaster@home.arpa',
    ],
    [{ nameServers: [], glue: {} }, "nameServers is []: give at least one name server"],
    [
      { nameServers: ["ns1"], glue: {} },
      'nameServers[0] is "ns1": use the whole name, such as ns1.home.arpa',
    ],
    [
      { nameServers: ["10.77.0.53"], glue: {} },
      'nameServers[0] is "10.77.0.53": use a name, not an address: the last label has to have a letter',
    ],
    [
      { nameServers: ["a.test", "A.test."], glue: {} },
      'nameServers[1] is "A.test.": leave it out: nameServers[0] is the same',
    ],
    [
      { nameServers: ["ns2.home.arpa"], glue: {} },
      'nameServers[0] is "ns2.home.arpa": give its addresses in glue, { "ns2.home.arpa": ["10.77.0.53"] }: BIND loads no zone without them',
    ],
    [
      { glue: { ...good.glue, "ns9.home.arpa": ["10.0.0.9"] } },
      'glue["ns9.home.arpa"] is ["10.0.0.9"]: leave it out: nameServers has no such name server',
    ],
    [
      { glue: { ...good.glue, "ns.elsewhere.test": ["10.0.0.9"] } },
      'glue["ns.elsewhere.test"] is ["10.0.0.9"]: leave it out: the name does not lie in home.arpa',
    ],
    [{ glue: { "ns1.home.arpa.": [] } }, 'glue["ns1.home.arpa."] is []: give at least one address'],
    [
      { glue: { "ns1.home.arpa.": ["fd00::1", "FD00:0::1"] } },
      'glue["ns1.home.arpa."][1] is "FD00:0::1": leave out what is there twice',
    ],
    [
      { allowTransfer: ['any; }; include "/etc/shadow"'] },
      'allowTransfer[0] is "any; }; include \\"/etc/shadow\\"": use an address, a network such as 10.77.0.0/24, or any',
    ],
    [
      { allowTransfer: ["10.77.0.1/24"] },
      'allowTransfer[0] is "10.77.0.1/24": use an address, a network such as 10.77.0.0/24, or any',
    ],
  ];
  for (const [inputs, issue] of bad) {
    it(`refuses ${JSON.stringify(inputs)}`, () => assert.deepEqual(issues(inputs), [issue]));
  }

  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(...'ab1-_.@:/;"{}*\\ \n\0') }),
    fc.constantFrom("a.b", "ns.a.b", "10.0.0.1", "fd00::1", "10.0.0.0/8", "x.y@a.b"),
  );
  it("accepts nothing that could leave its place in named's configuration or the zone's file", () => {
    fc.assert(
      fc.property(
        text,
        fc.array(text, { maxLength: 3 }),
        fc.dictionary(text, fc.array(text, { maxLength: 2 }), { maxKeys: 2 }),
        text,
        fc.array(text, { maxLength: 2 }),
        (name, nameServers, glue, adminMailbox, allowTransfer) => {
          const inputs = { ...good, name, nameServers, glue, adminMailbox, allowTransfer };
          if (checkZone(inputs).length > 0) return;
          const config = renderZoneConfig("/f", inputs);
          assert.match(
            config,
            /^\{ type primary; file "\/f"; update-policy local; check-integrity no; allow-transfer \{ ([0-9a-fA-F.:/]+; |any; |none; )+\}; \};$/,
          );
          const file = renderZoneFile(name, wantedApex(inputs, 1));
          assert.match(file, /^([a-z0-9._-]+ 5 IN (SOA|NS|A|AAAA) [A-Za-z0-9._\\+: -]+\n)+$/);
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

describe("mailboxes", () => {
  it("are names in the SOA record, there and back", () => {
    assert.equal(renderMailbox("host.master@home.arpa"), "host\\.master.home.arpa.");
    assert.equal(parseMailbox("host\\.master.home.arpa."), "host.master@home.arpa");
    assert.equal(parseMailbox("."), ".");
  });
});

describe("parseZoneConfig()", () => {
  const cases: [string, object][] = [
    [
      'zone "home.arpa" { type primary; file "/var/lib/bind/a;b.zone"; update-policy local; allow-transfer  { 10.77.0.0/24; 10.1.2.3/32; fd00::1/128; }; check-integrity no; };',
      {
        type: "primary",
        updatePolicy: "local",
        allowTransfer: ["10.77.0.0/24", "10.1.2.3", "fd00::1"],
        checkIntegrity: false,
      },
    ],
    [
      'zone "x" { type master; allow-update { "any"; }; allow-transfer { "none"; }; };',
      {
        type: "primary",
        updatePolicy: 'allow-update { "any"; }',
        allowTransfer: [],
        checkIntegrity: true,
      },
    ],
    [
      'zone "x" { type slave; update-policy { grant k zonesub ANY; }; allow-transfer { key "k"; { !10.0.0.1; any; }; }; };',
      {
        type: "secondary",
        updatePolicy: "{ grant k zonesub ANY; }",
        allowTransfer: ['key "k"', "{ !10.0.0.1; any; }"],
        checkIntegrity: true,
      },
    ],
    [
      'zone "x" { type primary; };',
      { type: "primary", updatePolicy: "none", allowTransfer: ["default"], checkIntegrity: true },
    ],
  ];
  for (const [config, options] of cases) {
    it(`reads ${config.slice(0, 60)}`, () => assert.deepEqual(parseZoneConfig(config), options));
  }

  it("reads back what is rendered, and nothing makes it fail", () => {
    const read = parseZoneConfig(`zone "x" ${renderZoneConfig("/f", { allowTransfer: ["any"] })};`);
    assert.deepEqual(read.allowTransfer, ["any"]);
    assert.equal(read.updatePolicy, "local");
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab{};" \n/-') }), (junk) => {
        parseZoneConfig(junk);
        canonicalElement(junk);
      }),
      { numRuns: 10_000 },
    );
  });
});

const answers = (serial: number, records: string) =>
  parseAnswers(`;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1
;; flags: qr aa; QUERY: 1
;; ANSWER SECTION:
home.arpa.\t5\tIN\tSOA\tns1.home.arpa. host\\.master.home.arpa. ${serial} 1 2 3 4
${records}`);
const asWanted = `home.arpa.\t5\tIN\tNS\tns1.home.arpa.
home.arpa.\t5\tIN\tNS\tns.elsewhere.test.
ns1.home.arpa.\t5\tIN\tA\t10.77.0.53
ns1.home.arpa.\t5\tIN\tAAAA\tfd00::53`;
const apexOf = (records: string, serial = 7) =>
  parseApex("home.arpa", answers(serial, records), Object.keys(good.glue))!;

describe("a zone's own records", () => {
  it("are read back as they were given", () => {
    const { name, nameServers, glue, adminMailbox, soa } = good;
    assert.deepEqual(apexInputs("home.arpa", apexOf(asWanted), good), {
      name,
      nameServers,
      glue,
      adminMailbox,
      soa,
    });
  });

  it("show each difference as the property it belongs to", () => {
    const edited = apexOf(
      asWanted
        .replace("ns.elsewhere.test.", "new.elsewhere.test.")
        .replace("10.77.0.53", "10.66.6.6")
        .replace("\t5\tIN\tAAAA", "\t6\tIN\tAAAA"),
    );
    const inputs = apexInputs("home.arpa", edited, good);
    assert.deepEqual(inputs.nameServers, ["ns1.home.arpa", "new.elsewhere.test."]);
    assert.deepEqual(inputs.glue, { "ns1.home.arpa.": ["FD00::53", "10.66.6.6"] });
    assert.equal(inputs.soa.ttl, 6);
    assert.equal(inputs.adminMailbox, good.adminMailbox);
  });

  it("are none where the server does not serve the zone", () => {
    assert.equal(parseApex("home.arpa", [], []), undefined);
    assert.equal(parseApex("other.test", answers(1, asWanted), []), undefined);
  });
});

describe("renderApexUpdate()", () => {
  const update = (records: string, serial = 7) =>
    renderApexUpdate("home.arpa", apexOf(records, serial), wantedApex(good, 1));

  it("does nothing where all is right", () => assert.equal(update(asWanted), undefined));

  it("adds before it deletes, with the SOA record as it was seen for a condition", () => {
    assert.equal(
      update(
        asWanted
          .replace("ns1.home.arpa.\n", "old.elsewhere.test.\n")
          .replace("10.77.0.53", "10.66.6.6"),
      ),
      `zone home.arpa.
prereq yxrrset home.arpa. IN SOA ns1.home.arpa. host\\.master.home.arpa. 7 1 2 3 4
update add ns1.home.arpa. 5 IN A 10.77.0.53
update add home.arpa. 5 IN NS ns1.home.arpa.
update add home.arpa. 5 IN SOA ns1.home.arpa. host\\.master.home.arpa. 8 1 2 3 4
update delete home.arpa. NS old.elsewhere.test.
update delete ns1.home.arpa. A 10.66.6.6
send
answer
`,
    );
  });

  it("counts serial numbers in a circle without 0", () => {
    assert.equal(nextSerial(7), 8);
    assert.equal(nextSerial(4294967295), 1);
    assert.match(
      update("", 4294967295)!,
      /SOA ns1\.home\.arpa\. host\\\.master\.home\.arpa\. 1 1 2 3 4\n/,
    );
  });
});

describe("nextStep()", () => {
  const options = {
    type: "primary",
    updatePolicy: "local",
    allowTransfer: good.allowTransfer,
    checkIntegrity: false,
  };
  const seen: SeenZone = {
    options,
    file: "/var/lib/bind/home.arpa.zone",
    fileExists: true,
    inNamedConf: false,
    apex: apexOf(asWanted),
    status: "NOERROR",
    owner: "bind",
  };
  const step = (change: Partial<SeenZone>) => nextStep(good, { ...seen, ...change }, 1).text;

  const cases: [string, Partial<SeenZone>, RegExp][] = [
    [
      "adds a zone that named does not know",
      { options: undefined, apex: undefined },
      /rndc addzone 'home\.arpa'/,
    ],
    [
      "changes options first",
      { options: { ...options, updatePolicy: "none" }, apex: apexOf("") },
      /rndc modzone/,
    ],
    ["changes its records then", { apex: apexOf("") }, /nsupdate -l/],
    ["has named write a file that was removed", { fileExists: false }, /rndc sync 'home\.arpa'/],
    [
      "starts anew where file and memory are gone",
      { fileExists: false, apex: undefined },
      /^rndc delzone 'home\.arpa'.*\n[^]*rndc addzone/,
    ],
  ];
  for (const [title, change, text] of cases) {
    it(title, () => assert.match(step(change) ?? "", text));
  }
  it("has nothing to do where all is right", () => assert.equal(step({}), undefined));

  const refused: [string, Partial<SeenZone>, RegExp][] = [
    ["a zone of named.conf", { inNamedConf: true }, /zone home\.arpa stands in named\.conf/],
    [
      "a secondary zone",
      { options: { ...options, type: "secondary" } },
      /as secondary and not as primary/,
    ],
    [
      "a zone that does not load",
      { apex: undefined, status: "SERVFAIL" },
      /does not serve it \(SERVFAIL\)/,
    ],
  ];
  for (const [title, change, error] of refused) {
    it(`refuses ${title}`, () => assert.throws(() => step(change), error));
  }
});
