import assert from "node:assert/strict";
import fc from "fast-check";

import { parseAnswers } from "../../../../../provider/kinds/dns/answer.parse";
import { checkRecord } from "../../../../../provider/kinds/dns/record/check";
import { recordKind } from "../../../../../provider/kinds/dns/record/kind";
import { parsePhysical } from "../../../../../provider/kinds/dns/record/parse";
import { planUpdate } from "../../../../../provider/kinds/dns/record/plan";
import { renderQuestion } from "../../../../../provider/kinds/dns/record/question.render";
import { renderUpdate } from "../../../../../provider/kinds/dns/record/render";
import { recordTypes } from "../../../../../provider/kinds/dns/record/schema";
import type { RecordType } from "../../../../../provider/kinds/dns/record/value";
import { interpret, type Seen, valuesOf } from "../../../../../provider/kinds/dns/record/seen";
import { explainRefusal } from "../../../../../provider/kinds/dns/update-refusal";
import { formatIssue } from "../../../../../validation/issue";

const good = {
  zone: "home.arpa",
  name: "wiki",
  type: "A",
  values: ["10.77.0.80"],
  ttl: 60,
} as const;
type Inputs = Parameters<typeof checkRecord>[0];
const issues = (inputs: object) =>
  checkRecord({ ...good, values: [...good.values], ...inputs } as Inputs).map(formatIssue);

describe("checkRecord()", () => {
  it("accepts a record, and what is not known yet", () => {
    assert.deepEqual(issues({}), []);
    for (const field of Object.keys(good)) assert.deepEqual(issues({ [field]: undefined }), []);
    assert.deepEqual(issues({ name: "*.apps" }), []);
    assert.deepEqual(issues({ name: "_443._tcp", type: "TLSA", values: ["3 1 0 00"] }), []);
    assert.deepEqual(issues({ name: "@", type: "TXT", values: ["a", "b"] }), []);
  });

  const bad: [object, string][] = [
    [{ zone: "Home.arpa" }, 'zone is "Home.arpa": use lower-case letters: home.arpa'],
    [{ zone: "home.arpa." }, 'zone is "home.arpa.": leave out the dot at the end: home.arpa'],
    [
      { zone: "home/arpa" },
      'zone is "home/arpa": use letters, digits and hyphens, with dots between the labels',
    ],
    [{ name: "Wiki" }, 'name is "Wiki": use lower-case letters: wiki'],
    [
      { name: "wiki." },
      'name is "wiki.": leave out the dot at the end: the name is relative to the zone',
    ],
    [
      { name: "wiki.home.arpa" },
      'name is "wiki.home.arpa": use "wiki": the name is relative to the zone',
    ],
    [{ name: "HOME.arpa." }, 'name is "HOME.arpa.": use "@": the name is relative to the zone'],
    [
      { name: "my_wiki" },
      'name is "my_wiki": use letters, digits and hyphens: no underscore in the name of a host',
    ],
    [
      { name: "a b" },
      'name is "a b": use letters, digits and hyphens, with dots between the labels',
    ],
    [{ name: "" }, 'name is "": use a DNS name such as wiki.home.arpa'],
    [
      { name: "a/b" },
      'name is "a/b": use letters, digits and hyphens, with dots between the labels',
    ],
    [
      { name: "$(id)" },
      'name is "$(id)": use letters, digits and hyphens, with dots between the labels',
    ],
    [
      { name: "@", type: "CNAME", values: ["a.b."] },
      'name is "@": use A and AAAA at the zone itself: a CNAME stands alone',
    ],
    [
      { name: "@", type: "NS", values: ["a.b."] },
      'name is "@": use nameServers of the zone for its own NS records',
    ],
    [
      { zone: "77.10.in-addr.arpa", name: "1.0", type: "PTR", values: ["a_b.home.arpa."] },
      'values[0] is "a_b.home.arpa.": use letters, digits and hyphens: no underscore in the name of a host',
    ],
    [{ values: [] }, "values is []: give at least one value"],
    [
      { type: "CNAME", values: ["a.b.", "c.d."] },
      'values is ["a.b.","c.d."]: give one value: a CNAME has exactly one',
    ],
    [
      { type: "AAAA", values: ["fd00::1", "FD00:0::1"] },
      'values[1] is "FD00:0::1": leave it out: values[0] is the same record',
    ],
    [
      { type: "TXT", values: ["x".repeat(30000)] },
      'values is "30012 octets": use at most 30000 octets in all',
    ],
  ];
  for (const [inputs, issue] of bad) {
    it(`refuses ${JSON.stringify(inputs).slice(0, 70)}`, () =>
      assert.deepEqual(issues(inputs), [issue]));
  }

  it("names all that is wrong at once", () => {
    assert.equal(issues({ zone: "-", name: "-", values: ["x", "y"] }).length, 4);
  });

  it("never throws, and what it accepts has a name that leads back to it", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(..."ab-_.*@/A \0") }),
    );
    fc.assert(
      fc.property(
        text,
        text,
        fc.constantFrom(...recordTypes),
        fc.array(text),
        (zone, name, type, values) => {
          const inputs = { zone, name, type, values, ttl: 0 };
          if (checkRecord(inputs).length > 0) return;
          assert.deepEqual(parsePhysical(recordKind.physical(inputs)), { zone, name, type });
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

describe("parsePhysical()", () => {
  it("reads zone/name/TYPE", () => {
    assert.deepEqual(parsePhysical("home.arpa/@/txt"), {
      zone: "home.arpa",
      name: "@",
      type: "TXT",
    });
    for (const wrong of [
      "",
      "home.arpa",
      "home.arpa/wiki",
      "home.arpa//A",
      "home.arpa/wiki/SOA",
      "a/b/A/c",
    ])
      assert.equal(parsePhysical(wrong), undefined, wrong);
  });
});

const update = { zone: "home.arpa", owner: "wiki.home.arpa.", ttl: 60 };

describe("renderUpdate()", () => {
  it("makes records only where there are none, nor an alias, and asks whether they are there", () => {
    assert.equal(
      renderUpdate({ ...update, type: "A", expected: [], data: ["10.0.0.1", "10.0.0.2"] }),
      `zone home.arpa.
prereq nxrrset wiki.home.arpa. IN A
prereq nxrrset wiki.home.arpa. IN CNAME
update add wiki.home.arpa. 60 IN A 10.0.0.1
update add wiki.home.arpa. 60 IN A 10.0.0.2
send
prereq yxrrset wiki.home.arpa. IN A 10.0.0.1
prereq yxrrset wiki.home.arpa. IN A 10.0.0.2
send
answer
`,
    );
  });

  it("makes an alias only where there is nothing", () => {
    assert.match(
      renderUpdate({ ...update, type: "CNAME", expected: [], data: ["a.b."] }),
      /^zone home\.arpa\.\nprereq nxdomain wiki\.home\.arpa\.\nupdate add/,
    );
  });

  it("replaces exactly what was seen", () => {
    assert.match(
      renderUpdate({ ...update, type: "TXT", expected: ['"a" "b"'], data: ['"ab"'] }),
      /^zone home\.arpa\.\nprereq yxrrset wiki\.home\.arpa\. IN TXT "a" "b"\nupdate delete wiki\.home\.arpa\. TXT\nupdate add wiki\.home\.arpa\. 60 IN TXT "ab"\nsend\n/,
    );
  });

  it("deletes exactly what was seen", () => {
    assert.equal(
      renderUpdate({ ...update, type: "A", expected: ["10.0.0.1"], data: [] }),
      `zone home.arpa.
prereq yxrrset wiki.home.arpa. IN A 10.0.0.1
update delete wiki.home.arpa. A
send
prereq nxrrset wiki.home.arpa. IN A
send
answer
`,
    );
  });
});

const header = (status: string, flags: string) => `;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: ${status}, id: 1
;; flags: ${flags}; QUERY: 1, ANSWER: 1, AUTHORITY: 1, ADDITIONAL: 2

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
`;
const asked = { zone: "home.arpa", owner: "wiki.home.arpa.", type: "A" } as const;
const see = (...answers: string[]): Seen => interpret(parseAnswers(answers.join("\n")), asked);
const has = (...lines: string[]) =>
  `${header("NOERROR", "qr aa")};; ANSWER SECTION:\n${lines.join("\n")}\n\n;; AUTHORITY SECTION:\nhome.arpa.\t300\tIN\tNS\tns1.home.arpa.\n`;

describe("interpret()", () => {
  it("finds the records of the type, whatever else is at the name", () => {
    assert.deepEqual(
      see(
        has(
          "Wiki.home.arpa.\t60\tIN\tA\t10.0.0.1",
          "wiki.home.arpa.\t60\tIN\tA\t10.0.0.2",
          'wiki.home.arpa.\t5\tIN\tTXT\t"; a \\" b"',
          "wiki.home.arpa.\t5\tIN\tRRSIG\tA 13 3 60 x",
        ),
      ),
      {
        served: true,
        set: { ttl: 60, data: ["10.0.0.1", "10.0.0.2"] },
        others: ["TXT"],
        doubtful: false,
      },
    );
  });

  it("sees that there are none", () => {
    const none = { served: true, set: undefined, others: [], doubtful: false };
    assert.deepEqual(see(header("NXDOMAIN", "qr aa")), none);
    assert.deepEqual(see(header("NOERROR", "qr aa ra")), none);
  });

  it("does not take the answer of a wildcard, or of nobody, for a record", () => {
    const seen = see(
      has("wiki.home.arpa.\t60\tIN\tA\t10.0.0.1"),
      has("_.home.arpa.\t60\tIN\tA\t10.0.0.1"),
    );
    assert.equal(seen.served && seen.doubtful, true);
    assert.deepEqual(see(header("REFUSED", "qr")), { served: false, status: "REFUSED" });
    assert.deepEqual(see(header("SERVFAIL", "qr")), { served: false, status: "SERVFAIL" });
    assert.deepEqual(see(""), { served: false, status: "no answer" });
    // A resolver that has it from elsewhere, or only knows the root's name servers.
    assert.deepEqual(see(has("wiki.home.arpa.\t60\tIN\tA\t10.0.0.1").replace("qr aa", "qr ra")), {
      served: false,
      status: "NOERROR",
    });
    assert.equal(
      see(
        `${header("NOERROR", "qr ra")};; AUTHORITY SECTION:\n.\t60\tIN\tNS\ta.root-servers.net.\n`,
      ).served,
      false,
    );
  });

  it("finds a delegation and the addresses below it", () => {
    const referral = `${header("NOERROR", "qr")};; AUTHORITY SECTION:
lab.home.arpa.\t300\tIN\tNS\tns.lab.home.arpa.

;; ADDITIONAL SECTION:
ns.lab.home.arpa.\t300\tIN\tA\t1.2.3.4
`;
    const find = (owner: string, type: "NS" | "A") =>
      interpret(parseAnswers(referral), { zone: "home.arpa", owner, type });
    assert.deepEqual(find("lab.home.arpa.", "NS"), {
      served: true,
      set: { ttl: 300, data: ["ns.lab.home.arpa."] },
      others: [],
      doubtful: false,
    });
    const glue = find("ns.lab.home.arpa.", "A");
    assert.deepEqual(glue.served && glue.set, { ttl: 300, data: ["1.2.3.4"] });
  });

  it("understands whatever a tool prints without failing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        see(text);
        see(has(text));
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("valuesOf()", () => {
  it("keeps the order and the notation of what was given", () => {
    assert.deepEqual(
      valuesOf("AAAA", ["fd00::1", "fd00::2", "fd00::3"], ["FD00::3", "fd00::9", "fd00:0::1"]),
      ["FD00::3", "fd00:0::1", "fd00::2"],
    );
    assert.deepEqual(valuesOf("TXT", ['"b"', '"a" "c"']), ["ac", "b"]);
  });
});

describe("planUpdate()", () => {
  const record = {
    zone: "home.arpa",
    owner: "wiki.home.arpa.",
    type: "A" as const,
    data: ["10.0.0.1"],
    ttl: 60,
  };
  const seen = (data?: string[], ttl = 60, others: string[] = []): Seen => ({
    served: true,
    set: data && { ttl, data },
    others,
    doubtful: false,
  });
  const cases: [string, Seen, string[] | undefined, object][] = [
    ["nothing where it is right", seen(["10.0.0.1"]), undefined, { todo: "nothing" }],
    ["nothing where another run did it", seen(["10.0.0.1"]), ["10.0.0.9"], { todo: "nothing" }],
    [
      "the time to live alone",
      seen(["10.0.0.1"], 61),
      undefined,
      { todo: "update", expected: ["10.0.0.1"] },
    ],
    ["a new record", seen(undefined), undefined, { todo: "update", expected: [] }],
    ["a record that is gone", seen(undefined), ["10.0.0.9"], { todo: "update", expected: [] }],
    [
      "a record beside other types",
      seen(undefined, 0, ["TXT"]),
      undefined,
      { todo: "update", expected: [] },
    ],
    [
      "what was there when last seen",
      seen(["10.0.0.9"]),
      ["10.0.0.9"],
      { todo: "update", expected: ["10.0.0.9"] },
    ],
    [
      "what is ours or adopted",
      seen(["10.0.0.9"]),
      undefined,
      { todo: "update", expected: ["10.0.0.9"] },
    ],
  ];
  for (const [title, now, prior, plan] of cases) {
    it(`plans ${title}`, () => assert.deepEqual(planUpdate(record, now, prior), plan));
  }

  const refused: [
    string,
    Partial<Omit<typeof record, "type"> & { type: RecordType }>,
    Seen,
    string[] | undefined,
    RegExp,
  ][] = [
    [
      "a stale edit",
      {},
      seen(["10.0.0.8"]),
      ["10.0.0.9"],
      /somebody else changed the A records of wiki\.home\.arpa\.: values is \["10\.0\.0\.8"\]/,
    ],
    [
      "records beside an alias",
      {},
      seen(undefined, 0, ["CNAME"]),
      undefined,
      /is an alias \(CNAME\) already/,
    ],
    [
      "an alias beside records",
      { type: "CNAME", data: ["a.b."] },
      seen(undefined, 0, ["A", "TXT"]),
      undefined,
      /has A, TXT records already/,
    ],
    [
      "a zone that is not served",
      {},
      { served: false, status: "REFUSED" },
      undefined,
      /does not answer for zone "home\.arpa" \(REFUSED\): create the zone first/,
    ],
  ];
  for (const [title, change, now, prior, why] of refused) {
    it(`refuses ${title}`, () => {
      const plan = planUpdate({ ...record, ...change }, now, prior);
      assert.equal(plan.todo, "refuse");
      assert.match(plan.todo === "refuse" ? plan.why : "", why);
    });
  }
});

describe("explainRefusal()", () => {
  const answer = (status: string) => `;; ->>HEADER<<- opcode: UPDATE, status: ${status}, id: 1`;
  const cases: [string, RegExp][] = [
    [
      `update failed: YXRRSET\nupdate failed: NXRRSET\n${answer("NXRRSET")}`,
      /\(YXRRSET\): somebody else made such a record/,
    ],
    [
      `update failed: NOTAUTH\nupdate failed: NOTAUTH\n${answer("NOTAUTH")}`,
      /\(NOTAUTH\): the name server has no such zone/,
    ],
    [`update failed: NXRRSET\n${answer("NXRRSET")}`, /took the change and then ignored it/],
    ["can't read key from //run/named/session.key: file not found", /session key is not there/],
    [
      "; Communication with 127.0.0.1#53 failed: timed out",
      /does not answer on 127\.0\.0\.1 port 53/,
    ],
    [
      `update failed: FORMERR\n${answer("FORMERR")}`,
      /^the name server refused the change \(FORMERR\)$/,
    ],
    ["something new", /^nsupdate said: something new$/],
    ["", /^nsupdate said: nothing$/],
  ];
  for (const [printed, words] of cases) {
    it(`words ${JSON.stringify(printed.split("\n")[0])}`, () =>
      assert.match(explainRefusal(printed), words));
  }
});

describe("renderQuestion()", () => {
  it("quotes names and asks for one beside, save at the zone itself", () => {
    const text = renderQuestion({ zone: "home.arpa", owner: "*.apps.home.arpa." });
    assert.ok(text.includes("'*.apps.home.arpa.' ANY '_.apps.home.arpa.' ANY"));
    assert.ok(!renderQuestion({ zone: "home.arpa", owner: "home.arpa." }).includes("'_."));
  });
});
