import assert from "node:assert/strict";
import fc from "fast-check";

import { checkUnit, checkValue } from "../../../../../provider/kinds/host/unit/check";
import { unitKind } from "../../../../../provider/kinds/host/unit/kind";
import { parseUnit, renderUnit } from "../../../../../provider/kinds/host/unit/sections";
import { checkInputs } from "../../../../../provider/rpc/check";
import { Secret } from "../../../../../provider/rpc/value";
import { formatIssue } from "../../../../../validation/issue";

const sections = {
  Unit: { Description: ["Wiki"], After: ["network-online.target", "nss-lookup.target"] },
  Service: { ExecStart: ["/usr/bin/wiki --port 8080"], Environment: ["A=1", "B=2"] },
  Install: { WantedBy: ["multi-user.target"] },
};

describe("renderUnit()", () => {
  it("writes Unit first, Install last, directives by the alphabet and values in their order", () => {
    assert.equal(
      renderUnit({ Install: sections.Install, Service: sections.Service, Unit: sections.Unit }),
      `[Unit]
After=network-online.target
After=nss-lookup.target
Description=Wiki

[Service]
Environment=A=1
Environment=B=2
ExecStart=/usr/bin/wiki --port 8080

[Install]
WantedBy=multi-user.target
`,
    );
  });

  it("writes an empty value, which takes back what was said before, and nothing for an empty list", () => {
    assert.equal(
      renderUnit({ Service: { ExecStart: ["", "/bin/true"], Environment: [] } }),
      "[Service]\nExecStart=\nExecStart=/bin/true\n",
    );
  });
});

describe("parseUnit()", () => {
  const cases: [string, string, Record<string, Record<string, string[]>>][] = [
    ["comments", "# a\n[Unit]\n; b\nA=1\n#B=2\n", { Unit: { A: ["1"] } }],
    ["space around names and values", "[Unit]\n  A =  1 2  \n", { Unit: { A: ["1 2"] } }],
    [
      "lines that go on",
      "[Unit]\nA=1 \\\n# not this\n  2\nB=3\n",
      { Unit: { A: ["1  2"], B: ["3"] } },
    ],
    [
      "sections that come twice",
      "[A]\nx=1\n[B]\ny=2\n[A]\nx=3\n",
      { A: { x: ["1", "3"] }, B: { y: ["2"] } },
    ],
    ["what is no assignment", "x=1\n[A]\nnonsense\n=2\n", { A: {} }],
    ["nothing", "", {}],
  ];
  for (const [what, text, expected] of cases) {
    it(`reads ${what} as systemd does`, () => assert.deepEqual(parseUnit(text), expected));
  }

  it("reads what renderUnit() wrote", () => {
    const value = fc.string({ unit: "binary", maxLength: 40 }).filter((v) => !checkValue(v));
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/).filter((n) => !(n in {}));
    const directives = fc.dictionary(name, fc.array(value, { minLength: 1, maxLength: 3 }), {
      minKeys: 1,
    });
    fc.assert(
      fc.property(fc.dictionary(name, directives), (unit) => {
        assert.deepEqual(parseUnit(renderUnit(unit)), structuredClone({ ...unit }));
      }),
      { numRuns: 500 },
    );
  });
});

describe("checkUnit()", () => {
  it("finds nothing wrong with a whole unit, or with what is not known yet", () => {
    assert.deepEqual(checkUnit({ name: "wiki.service", sections, enabled: true }), []);
    assert.deepEqual(checkUnit({}), []);
    const install = { Install: {} };
    assert.deepEqual(checkUnit({ name: "a@b\\x2d1.socket", sections: install, enabled: true }), []);
  });

  const name =
    "use the name of a unit with its type, such as wiki.service (service, socket, path, timer, target, mount, automount, slice, swap)";
  const control =
    "leave out line breaks and other control characters; a list gives the directive several times";
  const ends = "leave out the white space at the ends";
  const at = (value: string) => ({ sections: { Service: { ExecStart: ["/bin/true", value] } } });
  const said = (value: string, fix: string) =>
    `sections.Service.ExecStart[1] is ${JSON.stringify(value)}: ${fix}`;
  const bad: [Parameters<typeof checkUnit>[0], string[]][] = [
    [{ name: "wiki" }, [`name is "wiki": ${name}`]],
    [{ name: "wiki.device" }, [`name is "wiki.device": ${name}`]],
    [{ name: "../wiki.service" }, [`name is "../wiki.service": ${name}`]],
    [{ name: "a b.service" }, [`name is "a b.service": ${name}`]],
    [{ name: "-f.service" }, [`name is "-f.service": ${name}`]],
    [{ name: `${"a".repeat(250)}.service` }, [`name is "${"a".repeat(250)}.service": ${name}`]],
    [
      { name: "worker@.service" },
      [
        'name is "worker@.service": name an instance, such as worker@one.service; a template is a file: use labwright:host:File',
      ],
    ],
    [
      { sections: { "Ser]vice": {} } },
      ['sections is "Ser]vice": use the name of a section, such as Service, without brackets'],
    ],
    [
      { sections: { Service: { "A=1\nB": ["x"] } } },
      ['sections.Service is "A=1\\nB": use the name of a directive, such as ExecStart'],
    ],
    [
      { sections: { Service: { "#A": ["x"] } } },
      ['sections.Service is "#A": use the name of a directive, such as ExecStart'],
    ],
    [at("a\nUser=root"), [said("a\nUser=root", control)]],
    [at("a\rb"), [said("a\rb", control)]],
    [at("a\u0085b"), [said("a\u0085b", control)]],
    [at(" a"), [said(" a", ends)]],
    [at("a\t"), [said("a\t", ends)]],
    [at("a\\"), [said("a\\", "leave out the backslash at the end, or double and quote it")]],
    [at("a\ufffe"), [said("a\ufffe", "leave out what is no character of Unicode")]],
    [at("a\ud800"), [said("a\ud800", "leave out what is no character of Unicode")]],
    [
      { enabled: true, sections: { Service: {} } },
      [
        'enabled is true: give an Install section, such as { WantedBy: "multi-user.target" }, or use false: what needs the unit starts it',
      ],
    ],
    [
      { name: "x", enabled: true, sections: { Service: { A: ["\n", "ok"] } } },
      [
        `name is "x": ${name}`,
        'enabled is true: give an Install section, such as { WantedBy: "multi-user.target" }, or use false: what needs the unit starts it',
        `sections.Service.A[0] is "\\n": ${control}`,
      ],
    ],
  ];
  for (const [inputs, expected] of bad) {
    it(`says what is wrong with ${JSON.stringify(inputs).slice(0, 80)}`, () => {
      assert.deepEqual(checkUnit(inputs).map(formatIssue), expected);
    });
  }
});

describe("labwright:host:Unit", () => {
  const host = { address: "h", hostKey: "k", machineId: "m" };
  const given = { host: host as never, name: "wiki.service", sections: sections as never };

  it("takes one value without brackets and keeps it as a list", () => {
    const { inputs } = checkInputs(unitKind, {
      ...given,
      sections: { Service: { ExecStart: "/bin/true" }, Install: { WantedBy: ["a", "b"] } },
    });
    assert.deepEqual(inputs["sections"], {
      Service: { ExecStart: ["/bin/true"] },
      Install: { WantedBy: ["a", "b"] },
    });
  });

  it("refuses a secret in its sections, wherever it stands, and says where it belongs", () => {
    for (const place of [
      new Secret({ Service: { Environment: "PASSWORD=canary" } }),
      { Service: { Environment: [new Secret("PASSWORD=canary")] } },
    ]) {
      const { issues } = checkInputs(unitKind, { ...given, sections: place, enabled: false });
      const said = issues.map(formatIssue).filter((line) => !line.startsWith("host"));
      assert.deepEqual(said, [
        "sections: holds a secret: anybody on the host can read a unit. Put the secret in a file of mode 0600 " +
          "(labwright:host:File) and name that in EnvironmentFile= or LoadCredential=",
      ]);
    }
  });

  it("is renewed for a text that is not what was written, though its directives are", () => {
    const state = { sections, sha256: "0".repeat(64) } as never;
    assert.deepEqual(unitKind.diffExtra!(state, { sections }, 0), ["sha256"]);
    assert.deepEqual(unitKind.diffExtra!(state, {}, 0), []);
  });

  it("is named by its unit in an id", () => {
    assert.deepEqual(unitKind.parse("wiki.service"), { name: "wiki.service" });
    assert.equal(unitKind.parse("/etc/passwd"), undefined);
  });
});
