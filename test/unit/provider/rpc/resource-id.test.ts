import assert from "node:assert/strict";

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
  ];
  for (const [id, parts] of table) {
    it(`${JSON.stringify(id)} is read and written`, () => {
      assert.deepEqual(parseId(id), parts);
      assert.equal(renderId(parts!, parts!.physical), id);
    });
  }

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
  ]) {
    it(`${JSON.stringify(id)} is no id`, () => assert.equal(parseId(id), undefined));
  }
});
