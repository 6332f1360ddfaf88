import assert from "node:assert/strict";

import { diffInputs } from "../../../../provider/rpc/diff";
import { type Properties, Secret, UNKNOWN } from "../../../../provider/rpc/value";
import { host, thingKind } from "./thing-kind";

const base: Properties = {
  host,
  adopt: false,
  name: "a",
  size: 3,
  tags: ["x", "y"],
  labels: { one: "1", "two.three": "2" },
  timers: { refresh: 60, retry: 1 },
};
const state = { ...base, notAfter: "2030-01-01T00:00:00Z" };
const now = Date.parse("2029-01-01T00:00:00Z");

const diff = (change: Properties, old: Properties = base) =>
  diffInputs(thingKind, { inputs: old, state }, { ...old, ...change }, now);
const paths = (change: Properties, old?: Properties) =>
  diff(change, old).differences.map(({ path, kind, replaces }) =>
    [kind, path, ...(replaces ? ["replace"] : [])].join(" "),
  );

describe("diffInputs()", () => {
  const table: [string, Properties, string[]][] = [
    ["nothing", {}, []],
    ["a number", { size: 4 }, ["update size"]],
    ["something new", { note: "n" }, ["add note"]],
    ["an entry of a list", { tags: ["x", "z", "w"] }, ["update tags[1]", "add tags[2]"]],
    ["an entry of a map", { labels: { one: "1" } }, ['delete labels["two.three"]']],
    ["a field of an object", { timers: { refresh: 60, retry: 2 } }, ["update timers.retry"]],
    ["the permission to adopt", { adopt: true }, []],
    ["the address of the host", { host: { ...host, address: "b" } }, ["update host.address"]],
    ["the machine", { host: { ...host, machineId: "two" } }, ["update host.machineId replace"]],
    ["the name", { name: "b" }, ["update name replace"]],
    ["an unknown", { size: UNKNOWN }, ["update size"]],
    ["a value that becomes a secret", { size: new Secret(3) }, ["update size"]],
  ];
  for (const [title, change, expected] of table) {
    it(`sees ${title}`, () => assert.deepEqual(paths(change), expected));
  }

  it("compares secrets by value", () => {
    const old = { ...base, note: new Secret("n") };
    assert.deepEqual(paths({ note: new Secret("n") }, old), []);
    assert.deepEqual(paths({ note: "n" }, old), []);
    assert.deepEqual(paths({ note: new Secret("m") }, old), ["update note"]);
  });

  it("sees a field that the program no longer gives", () => {
    const { differences } = diffInputs(
      thingKind,
      { inputs: { ...base, note: "n" }, state },
      base,
      now,
    );
    assert.deepEqual(
      differences.map(({ path, kind }) => `${kind} ${path}`),
      ["delete note"],
    );
  });

  it("asks the kind what is due although no input changed", () => {
    const later = Date.parse("2031-01-01T00:00:00Z");
    const { differences } = diffInputs(thingKind, { inputs: base, state }, base, later);
    assert.deepEqual(differences, [
      { path: "notAfter", kind: "update", replaces: false, input: false },
    ]);
  });

  it("creates before it deletes, unless the new thing would take the old one's place", () => {
    assert.equal(diff({ name: "b" }).deleteBeforeReplace, false);
    assert.equal(diff({ host: { ...host, machineId: "two" } }).deleteBeforeReplace, false);
    assert.equal(diff({ name: UNKNOWN }).deleteBeforeReplace, true);
    assert.deepEqual(diff({ host: { ...host, machineId: UNKNOWN } }), {
      differences: [{ path: "host.machineId", kind: "update", replaces: true, input: true }],
      replaces: ["host"],
      deleteBeforeReplace: true,
    });
  });
});
