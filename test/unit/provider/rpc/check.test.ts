import assert from "node:assert/strict";

import { checkInputs } from "../../../../provider/rpc/check";
import { Foreign, type Properties, Secret, UNKNOWN } from "../../../../provider/rpc/value";
import { formatIssue } from "../../../../validation/issue";
import { host, thingKind } from "./thing-kind";

const issues = (given: Properties) =>
  checkInputs(thingKind, { host, name: "a", ...given }).issues.map(formatIssue);

describe("checkInputs()", () => {
  it("fills in defaults, also inside objects", () => {
    const { inputs, issues } = checkInputs(thingKind, { host, name: "a", timers: { retry: 1 } });
    assert.deepEqual(issues, []);
    assert.deepEqual(inputs, {
      host: { ...host, port: 22, user: "root" },
      adopt: false,
      name: "a",
      size: 3,
      color: "red",
      tags: [],
      labels: {},
      on: true,
      timers: { refresh: 60, retry: 1 },
    });
  });

  it("spells a host key without comment, so that it compares", () => {
    const given = { ...host, hostKey: `# web\n${host.hostKey} root@web\n${host.hostKey}\n` };
    const { inputs } = checkInputs(thingKind, { host: given, name: "a" });
    assert.equal((inputs.host as Properties).hostKey, host.hostKey);
  });

  it("marks what is always a secret, although the program does not", () => {
    const { inputs } = checkInputs(thingKind, { host, name: "a", token: "t" });
    assert.deepEqual(inputs.token, new Secret("t"));
    const again = checkInputs(thingKind, { host, name: "a", token: inputs.token! });
    assert.deepEqual(again.inputs.token, new Secret("t"));
  });

  it("keeps secrets and unknowns where they are", () => {
    const { inputs, issues } = checkInputs(thingKind, {
      host: UNKNOWN,
      name: new Secret("a"),
      tags: ["x", UNKNOWN],
      note: new Secret(UNKNOWN),
    });
    assert.deepEqual(issues, []);
    assert.deepEqual(inputs.host, UNKNOWN);
    assert.deepEqual(inputs.name, new Secret("a"));
    assert.deepEqual(inputs.tags, ["x", UNKNOWN]);
    assert.deepEqual(inputs.note, new Secret(UNKNOWN));
  });

  const table: [string, Properties, string[]][] = [
    ["a text for a number", { size: "3" }, ['size is "3": use a whole number, 1-9']],
    ["a number out of bounds", { size: 10 }, ["size is 10: use a whole number, 1-9"]],
    ["a fraction", { size: 1.5 }, ["size is 1.5: use a whole number, 1-9"]],
    ["another choice", { color: "pink" }, ['color is "pink": use "red", "green" or "blue"']],
    ["a text for a flag", { on: "yes" }, ['on is "yes": use true or false']],
    ["an object for a list", { tags: { a: "b" } }, ["tags: use a list"]],
    ["a number in a list", { tags: ["a", 1] }, ["tags[1] is 1: use a string"]],
    ["a list in a map", { labels: { a: ["b"] } }, ["labels.a: use a string"]],
    ["a text for an object", { timers: "often" }, ['timers is "often": use an object']],
    [
      "a missing field in an object",
      { timers: {} },
      ["timers.retry is missing: give a whole number (Retry)"],
    ],
    [
      "an unknown field",
      { colour: "red" },
      [
        "colour: there is no such field; use host, adopt, name, size, color, tags, labels, on, note, timers, token",
      ],
    ],
    ["a NUL", { note: "a\0b" }, ['note is "a\\u0000b": leave out the NUL character']],
    ["an asset", { note: new Foreign("an asset") }, ["note: is an asset; use a string"]],
    ["a secret of the wrong type", { note: new Secret(5) }, ["note: use a string"]],
    ["a secret field of the wrong type", { token: 5 }, ["token: use a string"]],
    ["what the kind refuses", { name: "-a" }, ['name is "-a": use a letter first']],
    [
      "what the kind refuses of a secret",
      { tags: [new Secret("bad")] },
      ["tags[0]: use a good tag"],
    ],
    [
      "an option for an address",
      { host: { ...host, address: "-oProxyCommand=x" } },
      [
        'host.address is "-oProxyCommand=x": use an IP address or a host name, without user or port',
      ],
    ],
    [
      "an option for a user",
      { host: { ...host, user: "-l" } },
      ['host.user is "-l": use a login name, such as root'],
    ],
    [
      "a port out of bounds",
      { host: { ...host, port: 70000 } },
      ["host.port is 70000: use a whole number, 1-65535"],
    ],
    [
      "no host key",
      { host: { ...host, hostKey: " \n" } },
      ['host.hostKey is "": give the host\'s public key'],
    ],
    [
      "a machine without id, as what depends on a failed host:Machine has it",
      { host: { address: host.address, hostKey: host.hostKey } },
      [
        "host.machineId is missing: the machine was not joined; the error of its labwright:host:Machine says why",
      ],
    ],
    [
      "everything at once",
      { name: "-a", size: 0, color: 1 },
      [
        "size is 0: use a whole number, 1-9",
        'color is 1: use "red", "green" or "blue"',
        'name is "-a": use a letter first',
      ],
    ],
  ];
  for (const [title, given, expected] of table) {
    it(`refuses ${title}`, () => {
      assert.deepEqual(issues(given), expected);
    });
  }

  it("says what a missing field means", () => {
    assert.deepEqual(checkInputs(thingKind, { host }).issues.map(formatIssue), [
      "name is missing: give a string (Name of the thing)",
    ]);
  });
});
