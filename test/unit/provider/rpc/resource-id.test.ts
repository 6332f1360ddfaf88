import assert from "node:assert/strict";

import fc from "fast-check";

import { parseId, renderId } from "../../../../provider/rpc/resource-id";

describe("resource ids", () => {
  const table: [string, ReturnType<typeof parseId>][] = [
    [
      "root@10.77.0.53:/etc/motd",
      { user: "root", address: "10.77.0.53", port: 22, physical: "/etc/motd" },
    ],
    [
      "root@10.77.0.53:home.arpa/wiki/A",
      { user: "root", address: "10.77.0.53", port: 22, physical: "home.arpa/wiki/A" },
    ],
    ["admin@web#2222:a:b", { user: "admin", address: "web", port: 2222, physical: "a:b" }],
    ["root@[fd00::53]:/x", { user: "root", address: "fd00::53", port: 22, physical: "/x" }],
    [
      "root@[fe80::1%eth0]#8022:/x y\nz",
      { user: "root", address: "fe80::1%eth0", port: 8022, physical: "/x y\nz" },
    ],
    [
      "root@10.77.0.90/nspawn=web:/etc/motd",
      {
        user: "root",
        address: "10.77.0.90",
        port: 22,
        inside: [{ type: "nspawn", name: "web" }],
        physical: "/etc/motd",
      },
    ],
    [
      "root@[fd00::53]#2222/nspawn=web/nspawn=db.home.arpa:a/nspawn=x:b",
      {
        user: "root",
        address: "fd00::53",
        port: 2222,
        inside: [
          { type: "nspawn", name: "web" },
          { type: "nspawn", name: "db.home.arpa" },
        ],
        physical: "a/nspawn=x:b",
      },
    ],
  ];
  for (const [id, parts] of table) {
    it(`${JSON.stringify(id)} is read and written`, () => {
      assert.deepEqual(parseId(id), parts);
      assert.equal(renderId(parts!, parts!.physical), id);
    });
  }

  it("of any host, container and name are read as they were written", () => {
    const label = fc.stringMatching(/^[A-Za-z0-9_]([A-Za-z0-9_-]{0,9}[A-Za-z0-9_])?$/);
    const inside = fc.array(
      fc.record({
        type: fc.constant("nspawn" as const),
        name: fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join(".")),
      }),
      { minLength: 1, maxLength: 3 },
    );
    const anywhere = fc.record(
      {
        user: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.\\-]{0,9}$/),
        address: fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()),
        port: fc.integer({ min: 1, max: 65535 }),
        inside,
        physical: fc.string({ minLength: 1, unit: "grapheme" }),
      },
      { requiredKeys: ["user", "address", "port", "physical"], noNullPrototype: true },
    );
    fc.assert(
      fc.property(anywhere, (parts) => {
        assert.deepEqual(parseId(renderId(parts, parts.physical)), structuredClone(parts));
      }),
      { numRuns: 10_000 },
    );
  }).timeout(30_000);

  it("takes root when no user is given", () => {
    assert.equal(parseId("web:/etc/motd")?.user, "root");
  });

  for (const id of [
    "",
    "/etc/motd",
    "root@web",
    "root@web:",
    "root@web#0:/x",
    "root@web#99999:/x",
    "a b@c:/x",
    "root@web/:/x",
    "root@web/web:/x",
    "root@web/docker=web:/x",
    "root@web/nspawn=:/x",
    "root@web/nspawn=-web:/x",
    "root@web/nspawn=a b:/x",
    "root@web/nspawn=a=b:/x",
    "root@web//nspawn=a:/x",
  ]) {
    it(`${JSON.stringify(id)} is no id`, () => assert.equal(parseId(id), undefined));
  }
});
