import assert from "node:assert/strict";
import { ApiUnderTest, messageOf, type Form } from "./api-under-test";

interface Resource {
  vmid: number;
}

describe("a limited token", () => {
  let api: ApiUnderTest;
  let headers: Record<string, string>;
  const as = (method: string, path: string, form?: Form) => api.call(method, path, form, headers);

  before(async () => {
    api = await ApiUnderTest.start();
    for (const vmid of ["100", "101", "102"]) await api.task("POST", "/nodes/pve1/qemu", { vmid });
    await api.data("POST", "/pools", { poolid: "lab" });
    await api.data("PUT", "/pools/lab", { vms: "102" });
    await api.data("POST", "/access/users", { userid: "ci@pve" });
    await api.data("POST", "/access/roles", { roleid: "Power", privs: "VM.Audit VM.PowerMgmt" });
    const token = await api.data<{ value: string }>("POST", "/access/users/ci@pve/token/t1", {
      privsep: "1",
    });
    headers = { Authorization: `PVEAPIToken=ci@pve!t1=${token.value}` };
    await api.data("PUT", "/access/acl", {
      path: "/vms/100",
      roles: "Power",
      users: "ci@pve",
      tokens: "ci@pve!t1",
    });
    await api.data("PUT", "/access/acl", {
      path: "/pool/lab",
      roles: "PVEVMAdmin",
      users: "ci@pve",
    });
  });
  after(() => api.stop());

  const forbidden: [string, string, Form | undefined, string][] = [
    [
      "GET",
      "/nodes/pve1/qemu/101/config",
      undefined,
      "Permission check failed (/vms/101, VM.Audit)\n",
    ],
    [
      "GET",
      "/nodes/pve1/qemu/999/config",
      undefined,
      "Permission check failed (/vms/999, VM.Audit)\n",
    ],
    [
      "DELETE",
      "/nodes/pve1/qemu/100",
      undefined,
      "Permission check failed (/vms/100, VM.Allocate)\n",
    ],
    ["POST", "/nodes/pve1/qemu", { vmid: "200" }, "Permission check failed\n"],
    ["POST", "/nodes/pve1/qemu", { vmid: "200", pool: "lab" }, "Permission check failed\n"],
    ["POST", "/nodes/pve1/qemu/100/clone", { newid: "200" }, "Permission check failed\n"],
    ["POST", "/pools", { poolid: "x" }, "Permission check failed (/pool/x, Pool.Allocate)\n"],
    [
      "PUT",
      "/access/acl",
      { path: "/", roles: "Administrator", users: "ci@pve" },
      "Permission check failed\n",
    ],
    [
      "GET",
      "/nodes/pve1/storage/local/content",
      undefined,
      "Permission check failed (/storage/local, Datastore.Audit|Datastore.AllocateSpace)\n",
    ],
    [
      "POST",
      "/nodes/pve1/storage/local/download-url",
      { content: "iso", filename: "a.iso", url: "http://127.0.0.1:1/a" },
      "Permission check failed\n",
    ],
    ["POST", "/access/users", { userid: "me@pve" }, "Permission check failed\n"],
  ];
  for (const [method, path, form, message] of forbidden)
    it(`may not ${method} ${path} ${JSON.stringify(form ?? {})}`, async () => {
      const answer = await as(method, path, form);
      assert.deepEqual([answer.status, messageOf(answer)], [403, message]);
    });

  it("may do what its role and its user's role both allow", async () => {
    assert.equal((await as("GET", "/nodes/pve1/qemu/100/config")).status, 200);
    assert.equal((await as("POST", "/nodes/pve1/qemu/100/status/start")).status, 200);
  });

  it("sees only its own guests in lists", async () => {
    const listed = JSON.parse((await as("GET", "/cluster/resources?type=vm")).text) as {
      data: Resource[];
    };
    assert.deepEqual(
      listed.data.map(({ vmid }) => vmid),
      [100],
    );
    const guests = JSON.parse((await as("GET", "/nodes/pve1/qemu")).text) as { data: Resource[] };
    assert.deepEqual(
      guests.data.map(({ vmid }) => vmid),
      [100],
    );
  });

  it("sees only its own tasks", async () => {
    const mine = JSON.parse((await as("GET", "/nodes/pve1/tasks?source=all")).text) as {
      data: { user: string }[];
    };
    assert.ok(mine.data.every(({ user }) => user.startsWith("ci@pve")));
    const upid = await api.data<string>("POST", "/nodes/pve1/qemu/101/status/stop");
    const answer = await as("GET", `/nodes/pve1/tasks/${encodeURIComponent(upid)}/log`);
    assert.equal(answer.status, 403);
  });

  it("gets a pool's rights when they are given to the token as well", async () => {
    assert.equal((await as("GET", "/nodes/pve1/qemu/102/config")).status, 403);
    await api.data("PUT", "/access/acl", {
      path: "/pool/lab",
      roles: "PVEVMAdmin",
      tokens: "ci@pve!t1",
    });
    assert.equal((await as("GET", "/nodes/pve1/qemu/102/config")).status, 200);
    assert.equal((await as("PUT", "/nodes/pve1/qemu/102/config", { cores: "2" })).status, 200);
  });

  it("is refused what only root@pam may do, as a token of root@pam is", async () => {
    for (const [name, value] of [
      ["args", "-S"],
      ["hostpci0", "0000:01:00.0"],
      ["usb0", "host=1-1"],
      ["serial0", "/dev/ttyS0"],
    ] as const) {
      const answer = await api.call("PUT", "/nodes/pve1/qemu/100/config", { [name]: value });
      assert.match(messageOf(answer), /^only root can (set|modify)/);
    }
    const disk = await api.call("PUT", "/nodes/pve1/qemu/100/config", { scsi1: "/dev/sdb" });
    assert.match(messageOf(disk), /^Only root can pass arbitrary filesystem paths/);
  });

  it("ends with its user", async () => {
    await api.data("PUT", "/access/users/ci@pve", { enable: "0" });
    assert.equal((await as("GET", "/version")).status, 401);
  });
});
