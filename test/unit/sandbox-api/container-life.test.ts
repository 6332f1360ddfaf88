import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { ApiUnderTest, errorsOf, messageOf } from "./api-under-test";

const N = "/nodes/pve1/lxc";
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEgsh12ytScvU32v3e0K5Vos8BC0jMcFrOM4xaOnDRNA a@b";

describe("the life of a container", () => {
  let api: ApiUnderTest;
  before(async () => {
    api = await ApiUnderTest.start();
    writeFileSync(
      path.join(api.stateDir, "storage/local/template/cache/debian-12.tar.zst"),
      "template",
    );
  });
  after(() => api.stop());

  it("is made from a template, with a root volume and cards of its own", async () => {
    const form = {
      vmid: "200",
      ostemplate: "local:vztmpl/debian-12.tar.zst",
      hostname: "ct",
      password: "geheim-1",
      "ssh-public-keys": KEY,
      rootfs: "local:2",
      net0: "name=eth0,bridge=vmbr0,ip=10.77.0.60/24,gw=10.77.0.1",
      unprivileged: "1",
      features: "nesting=1",
      tags: "B,a",
    };
    assert.equal(await api.task("POST", N, form), "OK");
    const config = await api.config(200, "lxc");
    assert.match(
      String(config.net0),
      /^name=eth0,bridge=vmbr0,gw=10\.77\.0\.1,hwaddr=BC:24:11(:..){3},ip=10\.77\.0\.60\/24,type=veth$/,
    );
    assert.deepEqual(
      [
        config.rootfs,
        config.memory,
        config.unprivileged,
        config.ostype,
        config.tags,
        config.password,
      ],
      ["local:200/vm-200-disk-0.raw,size=2G", 512, 1, "debian", "a;b", undefined],
    );
  });

  it("starts, tells its addresses, changes, grows and stops", async () => {
    assert.equal(await api.task("POST", `${N}/200/status/start`), "OK");
    assert.equal((await api.status(200, "lxc")).status, "running");
    const interfaces = await api.data<{ name: string; inet?: string }[]>(
      "GET",
      `${N}/200/interfaces`,
    );
    assert.equal(interfaces[1]?.inet, "10.77.0.60/24");
    await api.data("PUT", `${N}/200/config`, { memory: "1024", mp0: "local:1,mp=/data" });
    const config = await api.config(200, "lxc");
    assert.deepEqual(
      [config.memory, config.mp0],
      [1024, "local:200/vm-200-disk-1.raw,mp=/data,size=1G"],
    );
    assert.equal(await api.task("PUT", `${N}/200/resize`, { disk: "rootfs", size: "+1G" }), "OK");
    assert.match(String((await api.config(200, "lxc")).rootfs), /size=3G/);
    assert.equal(await api.task("POST", `${N}/200/status/shutdown`, { timeout: "5" }), "OK");
    assert.equal(messageOf(await api.call("POST", `${N}/200/status/stop`)), "CT 200 not running\n");
  });

  it("is cloned with volumes and addresses of its own, and deleted with them", async () => {
    assert.equal(
      await api.task("POST", `${N}/200/clone`, { newid: "201", hostname: "copy", full: "1" }),
      "OK",
    );
    const [one, two] = [await api.config(200, "lxc"), await api.config(201, "lxc")];
    assert.equal(two.rootfs, "local:201/vm-201-disk-0.raw,size=3G");
    assert.notEqual(one.net0, two.net0);
    for (const id of ["200", "201"])
      assert.equal(await api.task("DELETE", `${N}/${id}`, { purge: "1" }), "OK");
    assert.deepEqual(await api.data("GET", "/nodes/pve1/storage/local/content?content=images"), []);
  });

  it("refuses what is no template, no key and no storage for containers", async () => {
    const form = { vmid: "210", ostemplate: "local:vztmpl/none.tar.zst" };
    assert.equal(
      messageOf(await api.call("POST", N, form)),
      "volume 'local:vztmpl/none.tar.zst' does not exist\n",
    );
    const iso = await api.call("POST", N, { vmid: "210", ostemplate: "local:iso/a.iso" });
    assert.ok(errorsOf(iso).ostemplate);
    const key = await api.call("POST", N, {
      vmid: "210",
      ostemplate: "local:vztmpl/debian-12.tar.zst",
      "ssh-public-keys": "no key",
    });
    assert.deepEqual(errorsOf(key), { "ssh-public-keys": "SSH public key validation error" });
    assert.equal((await api.call("GET", `${N}/210/config`)).status, 500);
  });
});
