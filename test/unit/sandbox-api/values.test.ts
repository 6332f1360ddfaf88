import assert from "node:assert/strict";
import { normaliseTags, cryptPassword } from "../../../sandbox/api/guests/option-values";
import {
  addUnused,
  bootDisk,
  defaultBoot,
  dropFromBootOrder,
} from "../../../sandbox/api/qemu/drives";
import { normaliseNet } from "../../../sandbox/api/qemu/networks";
import {
  parseDiskSize,
  printBinarySize,
  printDiskSize,
} from "../../../sandbox/api/storage/disk-size";
import { contentFileName } from "../../../sandbox/api/storage/file-names";
import { parseFileName, parseImageName } from "../../../sandbox/api/storage/volume-id";
import { parseUpid, printUpid } from "../../../sandbox/api/tasks/upid";

describe("values that Proxmox VE stores", () => {
  for (const [given, expected] of [
    ["web;Prod;alpha;web", "alpha;prod;web"],
    ["b a", "a;b"],
    ["b,a", "a;b"],
    ["", " "],
    [" ; ", " "],
  ] as const)
    it(`tags ${JSON.stringify(given)} become ${JSON.stringify(expected)}`, () => {
      assert.equal(normaliseTags(given), expected);
    });

  for (const [bytes, text] of [
    [0, "0T"],
    [1024 ** 3, "1G"],
    [2560 * 1024 ** 2, "2560M"],
    [540672, "528K"],
    [3221225473, "3221225473"],
  ] as const)
    it(`${String(bytes)} bytes are ${text}`, () => {
      assert.equal(printDiskSize(bytes), text);
      if (bytes > 0) assert.equal(parseDiskSize(text), bytes);
    });
  it("shows progress in binary units", () => {
    assert.equal(printBinarySize(64 * 1024 ** 2), "64.0 MiB");
    assert.equal(printBinarySize(0), "0.0 B");
  });

  it("starts from the first disk, the first CD-ROM and the first card unless told otherwise", () => {
    const disk = "local:1/vm-1-disk-0.raw";
    assert.equal(defaultBoot({}), " ");
    assert.equal(
      defaultBoot({ scsi1: disk, scsi0: disk, ide2: "none,media=cdrom", net1: "virtio" }),
      "order=scsi0;ide2;net1",
    );
    assert.equal(bootDisk({ boot: "order=net0;virtio0", virtio0: disk, scsi0: disk }), "virtio0");
    const options = { boot: "order=scsi0;ide2;net0" };
    dropFromBootOrder(options, "ide2");
    assert.equal(options.boot, "order=scsi0;net0");
  });

  it("keeps a detached disk once, as the first free unusedN", () => {
    const options = { unused0: "local:1/vm-1-disk-3.raw" };
    assert.equal(addUnused(options, "local:1/vm-1-disk-4.raw"), "unused1");
    assert.equal(addUnused(options, "local:1/vm-1-disk-4.raw"), "unused1");
  });

  it("makes up an address for a card that has none, and keeps one that it has", () => {
    assert.match(
      normaliseNet("net0", "model=virtio,bridge=vmbr0"),
      /^virtio=BC:24:11(:[0-9A-F]{2}){3},bridge=vmbr0$/,
    );
    assert.equal(
      normaliseNet("net0", "virtio=BC:24:11:4D:00:35,bridge=vmbr0"),
      "virtio=BC:24:11:4D:00:35,bridge=vmbr0",
    );
  });

  it("hashes a password with a salt of its own", async () => {
    const [a, b] = [await cryptPassword("geheim"), await cryptPassword("geheim")];
    assert.match(a, /^\$5\$[./\w]+\$[./\w]{43}$/);
    assert.notEqual(a, b);
  });

  it("takes a UPID apart and puts it together", () => {
    const text = "UPID:pve1:000004C0:0007A652:6B011902:qmclone:610:root@pam!oracle:";
    const upid = parseUpid(text);
    assert.equal(upid?.authid, "root@pam!oracle");
    assert.equal(upid && printUpid(upid), text);
    for (const bad of [
      "garbage",
      "UPID:pve1:1:2:3:x:y:z:",
      "UPID:../x:000004C0:0007A652:6B011902:a:b:c:",
    ])
      assert.equal(parseUpid(bad), undefined);
  });

  for (const name of ["iso/..", "iso/.", "iso/a/b.iso", "iso/", "../iso/a.iso", "etc/passwd"])
    it(`takes no file of the name ${JSON.stringify(name)}`, () => {
      assert.equal(parseFileName(name), undefined);
    });
  for (const name of ["300/../x.raw", "300/a b.raw", "x/vm-1-disk-0.raw", "300/x.sh"])
    it(`takes no image of the name ${JSON.stringify(name)}`, () => {
      assert.equal(parseImageName(name), undefined);
    });
  it("takes folders and odd characters out of the name of an upload", () => {
    assert.equal(contentFileName("iso", "../../etc/cron.d/ä b.iso"), "__b.iso");
    assert.equal(contentFileName("import", "a/b.qcow2"), "b.qcow2");
    assert.throws(() => contentFileName("iso", "x.txt"), /Parameter verification failed/);
  });
});
