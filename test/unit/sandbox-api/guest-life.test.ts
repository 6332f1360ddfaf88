import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Guest } from "../../../sandbox/hypervisor";
import { PretendHypervisor } from "../../../sandbox/api";
import { emptyImage } from "../../conformance/image-server";
import { ApiUnderTest, errorsOf, messageOf } from "./api-under-test";

const N = "/nodes/pve1/qemu";

/** Remembers what it was asked to start. */
class RecordingHypervisor extends PretendHypervisor {
  readonly started: Guest[] = [];
  override start(guest: Guest): Promise<{ pid: number }> {
    this.started.push(guest);
    return super.start(guest);
  }
}

describe("the life of a virtual machine", () => {
  let api: ApiUnderTest;
  const hypervisor = new RecordingHypervisor(0);

  before(async () => {
    api = await ApiUnderTest.start({ hypervisor });
    const folder = path.join(api.stateDir, "storage/local");
    writeFileSync(path.join(folder, "import/debian.qcow2"), emptyImage());
    mkdirSync(path.join(folder, "snippets"), { recursive: true });
    writeFileSync(
      path.join(folder, "snippets/user.yaml"),
      "#cloud-config\nhostname: from-snippet\n",
    );
    const scsi0 = "local:0,import-from=local:import/debian.qcow2";
    const form = {
      vmid: "9000",
      name: "tpl",
      memory: "512",
      scsi0,
      net0: "virtio,bridge=vmbr0",
      agent: "1",
    };
    assert.equal(await api.task("POST", N, form), "OK");
    assert.equal(await api.task("POST", `${N}/9000/template`), "OK");
  });
  after(() => api.stop());

  it("clones a template, gives it cloud-init, starts it and tells its addresses", async () => {
    assert.equal(
      await api.task("POST", `${N}/9000/clone`, { newid: "101", name: "web", full: "1" }),
      "OK",
    );
    await api.data("PUT", `${N}/101/config`, {
      ide2: "local:cloudinit",
      ipconfig0: "ip=10.77.0.80/24,gw=10.77.0.1",
      ciuser: "debian",
      cipassword: "geheim",
      cicustom: "user=local:snippets/user.yaml",
      net0: "virtio,bridge=vmbr0,macaddr=BC:24:11:4D:00:50",
    });
    assert.equal(await api.task("POST", `${N}/101/status/start`), "OK");
    const guest = hypervisor.started.at(-1);
    assert.deepEqual(guest?.nics, [
      { key: "net0", mac: "BC:24:11:4D:00:50", bridge: "vmbr0", linkDown: false },
    ]);
    assert.deepEqual(guest.disks, [
      {
        key: "scsi0",
        source: { volume: { storage: "local", name: "101/vm-101-disk-0.qcow2" } },
        sizeBytes: 64 * 1024 ** 2,
        boot: true,
      },
    ]);
    assert.equal(guest.seed?.userData, "#cloud-config\nhostname: from-snippet\n");
    assert.match(guest.seed.networkConfig, /address: '10\.77\.0\.80'/);
    interface Interfaces {
      result: { name: string; "ip-addresses": { "ip-address": string }[] }[];
    }
    const { result } = await api.data<Interfaces>("GET", `${N}/101/agent/network-get-interfaces`);
    assert.equal(result[1]?.["ip-addresses"][0]?.["ip-address"], "10.77.0.80");
  });

  it("hides the password and keeps only its hash", async () => {
    assert.equal((await api.config(101)).cipassword, "**********");
    const dump = await api.data<string>("GET", `${N}/101/cloudinit/dump?type=user`);
    assert.match(dump, /^password: \$5\$/m);
  });

  it("does not start when a snippet is missing, and says which", async () => {
    await api.task("POST", `${N}/101/status/stop`);
    await api.data("PUT", `${N}/101/config`, { cicustom: "user=local:snippets/none.yaml" });
    assert.equal(
      await api.task("POST", `${N}/101/status/start`),
      "volume 'local:snippets/none.yaml' does not exist",
    );
    await api.data("PUT", `${N}/101/config`, { delete: "cicustom" });
    assert.equal(await api.task("POST", `${N}/101/status/start`), "OK");
  });

  it("lets changes of a running guest wait, and makes them true when it stops", async () => {
    await api.data("PUT", `${N}/101/config`, { cores: "4", name: "renamed" });
    assert.equal((await api.config(101)).cores, 4);
    const now = await api.data<Record<string, unknown>>("GET", `${N}/101/config?current=1`);
    assert.deepEqual([now.cores, now.name], [undefined, "renamed"]);
    await api.data("PUT", `${N}/101/config`, { revert: "cores" });
    assert.equal((await api.config(101)).cores, undefined);
    await api.data("PUT", `${N}/101/config`, { cores: "2" });
    await api.task("POST", `${N}/101/status/shutdown`, { timeout: "5" });
    const later = await api.data<Record<string, unknown>>("GET", `${N}/101/config?current=1`);
    assert.equal(later.cores, 2);
  });

  it("refuses an update with an old digest", async () => {
    const { digest } = await api.config(101);
    await api.data("PUT", `${N}/101/config`, { description: "first", digest: String(digest) });
    const answer = await api.call("PUT", `${N}/101/config`, {
      description: "second",
      digest: String(digest),
    });
    assert.equal(messageOf(answer), "checksum mismatch (file change by other user?)\n");
  });

  it("grows disks, moves them to another storage and another guest, detaches and removes them", async () => {
    assert.equal(await api.task("PUT", `${N}/101/resize`, { disk: "scsi0", size: "+1G" }), "OK");
    assert.match(String((await api.config(101)).scsi0), /size=1088M/);
    assert.equal(
      await api.task("PUT", `${N}/101/resize`, { disk: "scsi0", size: "1G" }),
      "shrinking disks is not supported",
    );
    await api.data("PUT", `${N}/101/config`, { scsi1: "local:1" });
    assert.equal(
      await api.task("POST", `${N}/101/move_disk`, {
        disk: "scsi1",
        storage: "local2",
        delete: "1",
      }),
      "OK",
    );
    assert.match(String((await api.config(101)).scsi1), /^local2:101\/vm-101-disk-0\.raw/);
    await api.task("POST", N, { vmid: "102" });
    assert.equal(
      await api.task("POST", `${N}/101/move_disk`, { disk: "scsi1", "target-vmid": "102" }),
      "OK",
    );
    assert.equal((await api.config(101)).scsi1, undefined);
    assert.equal((await api.config(102)).scsi1, "local2:102/vm-102-disk-0.raw,size=1G");
    await api.data("PUT", `${N}/102/config`, { delete: "scsi1" });
    assert.equal((await api.config(102)).unused0, "local2:102/vm-102-disk-0.raw");
    await api.data("PUT", `${N}/102/unlink`, { idlist: "unused0", force: "1" });
    assert.deepEqual(await api.data("GET", "/nodes/pve1/storage/local2/content"), []);
  });

  it("takes snapshots, rolls back to them and removes them", async () => {
    const { description } = await api.config(101);
    assert.equal(
      await api.task("POST", `${N}/101/snapshot`, { snapname: "before", description: "d" }),
      "OK",
    );
    await api.data("PUT", `${N}/101/config`, { memory: "2048" });
    assert.equal(await api.task("POST", `${N}/101/snapshot/before/rollback`), "OK");
    const config = await api.config(101);
    assert.deepEqual(
      [config.memory, config.parent, config.description],
      ["512", "before", description],
    );
    const refused = await api.call("POST", `${N}/101/template`);
    assert.equal(messageOf(refused), "unable to create template, because VM contains snapshots\n");
    assert.equal(await api.task("DELETE", `${N}/101/snapshot/before`), "OK");
    assert.equal((await api.config(101)).parent, undefined);
  });

  it("keeps a template as long as a linked clone stands on it", async () => {
    assert.equal(await api.task("POST", `${N}/9000/clone`, { newid: "103" }), "OK");
    assert.match(
      String((await api.config(103)).scsi0),
      /^local:9000\/base-9000-disk-0\.qcow2\/103\/vm-103-disk-0\.qcow2/,
    );
    assert.match(await api.task("DELETE", `${N}/9000`), /is still in use by linked cloned/);
    assert.equal(await api.task("DELETE", `${N}/103`, { purge: "1" }), "OK");
  });

  it("makes clones of one template at once, each with addresses of its own", async () => {
    const ids = ["111", "112", "113", "114"];
    const ends = await Promise.all(
      ids.map((newid) => api.task("POST", `${N}/9000/clone`, { newid, full: "1" })),
    );
    assert.deepEqual(ends, ["OK", "OK", "OK", "OK"]);
    const cards = await Promise.all(ids.map(async (id) => (await api.config(Number(id))).net0));
    assert.equal(new Set(cards).size, 4);
    await Promise.all(ids.map((id) => api.task("DELETE", `${N}/${id}`)));
  });

  it("gives two creations of one id to one of them", async () => {
    const answers = await Promise.all([
      api.call("POST", N, { vmid: "120" }),
      api.call("POST", N, { vmid: "120" }),
    ]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 500]);
  });

  it("refuses to delete what runs or is protected", async () => {
    await api.task("POST", `${N}/101/status/start`);
    assert.equal(
      messageOf(await api.call("DELETE", `${N}/101`)),
      "VM 101 is running - destroy failed\n",
    );
    await api.task("POST", `${N}/101/status/stop`);
    await api.data("PUT", `${N}/101/config`, { protection: "1" });
    assert.equal(
      messageOf(await api.call("DELETE", `${N}/101`)),
      "can't remove VM 101 - protection mode enabled\n",
    );
  });

  it("leaves nothing behind when a creation fails", async () => {
    const form = { vmid: "130", ide0: "local:1", scsi0: "local:iso/none.iso,media=cdrom" };
    assert.equal(
      await api.task("POST", N, form),
      "unable to create VM 130 - volume 'local:iso/none.iso' does not exist",
    );
    assert.equal((await api.call("GET", `${N}/130/config`)).status, 500);
    assert.deepEqual(
      await api.data("GET", "/nodes/pve1/storage/local/content?vmid=130&content=images"),
      [],
    );
  });

  it("refuses names of volumes that leave their folder", async () => {
    const form = { vmid: "101", filename: "../../../x.raw", size: "1G" };
    assert.equal((await api.call("POST", "/nodes/pve1/storage/local/content", form)).status, 500);
    const gone = await api.call(
      "DELETE",
      `/nodes/pve1/storage/local/content/${encodeURIComponent("local:iso/..")}`,
    );
    assert.equal(gone.status, 500);
    const custom = await api.call("PUT", `${N}/101/config`, { cicustom: "user=/etc/shadow" });
    assert.ok(errorsOf(custom).cicustom);
  });

  it("takes a clone back whose task is stopped", async () => {
    const slow = await ApiUnderTest.start({ timeScale: 0.3 });
    try {
      await slow.task("POST", N, { vmid: "100", scsi0: "local:1" });
      const upid = await slow.data<string>("POST", `${N}/100/clone`, { newid: "101", full: "1" });
      await slow.data("DELETE", `/nodes/pve1/tasks/${encodeURIComponent(upid)}`);
      assert.equal(await slow.taskEnd(upid), "clone failed: interrupted by signal");
      assert.equal((await slow.call("GET", `${N}/101/config`)).status, 500);
      assert.deepEqual(await slow.data("GET", "/nodes/pve1/storage/local/content?vmid=101"), []);
    } finally {
      await slow.stop();
    }
  });

  it("lets a change wait while the guest is cloned, and refuses one of the clone", async () => {
    const slow = await ApiUnderTest.start({ timeScale: 0.3 });
    try {
      await slow.task("POST", N, { vmid: "100", scsi0: "local:1" });
      const upid = await slow.data<string>("POST", `${N}/100/clone`, { newid: "101", full: "1" });
      assert.equal((await slow.config(101)).lock, "clone");
      const refused = await slow.call("PUT", `${N}/101/config`, { memory: "600" });
      assert.equal(messageOf(refused), "VM is locked (clone)\n");
      await slow.taskEnd(upid);
      const stopped = await slow.data<string>("POST", `${N}/101/status/start`);
      assert.equal(await slow.taskEnd(stopped), "OK");
    } finally {
      await slow.stop();
    }
  });

  it("answers 501 with the path for what it does not serve", async () => {
    const answer = await api.call("GET", "/nodes/pve1/ceph/status");
    assert.deepEqual(
      [answer.status, answer.reason],
      [501, "Method 'GET /nodes/pve1/ceph/status' not implemented"],
    );
  });
});
