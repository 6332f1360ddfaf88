import { strict as assert } from "node:assert";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { imageKind, renderBaseImageFile } from "../../../sandbox/machines/base-image-file";
import { VolumeStore } from "../../../sandbox/machines/volume-store";

const mebibyte = 2 ** 20;

describe("VolumeStore", () => {
  const scratch = mkdtempSync(path.join(tmpdir(), "labwright-volumes-"));
  const root = path.join(scratch, "volumes");
  const store = new VolumeStore(root);
  const volume = (name: string, storage = "local") => ({ storage, name });
  const image = path.join(scratch, "debian.qcow2");
  before(() => {
    writeFileSync(image, renderBaseImageFile(2 ** 31));
  });
  after(() => {
    rmSync(scratch, { recursive: true });
  });

  it("makes a system disk of the lab's image and a data disk of nothing", async () => {
    await store.create(volume("1/vm-1-disk-0.qcow2"), 2 ** 31, image);
    await store.create(volume("1/vm-1-disk-1.raw"), 8 * mebibyte);
    assert.equal(await store.kind(volume("1/vm-1-disk-0.qcow2")), "tree");
    assert.equal(await store.kind(volume("1/vm-1-disk-1.raw")), "disk");
    assert.equal(await store.kind(volume("1/vm-1-disk-2.raw")), undefined);
    const disk = path.join(store.folder(volume("1/vm-1-disk-1.raw")), "disk.raw");
    assert.equal(statSync(disk).size, 8 * mebibyte);
    assert.equal(statSync(disk).blocks, 0);
    assert.equal(
      statSync(path.join(store.folder(volume("1/vm-1-disk-0.qcow2")), "upper")).mode & 0o777,
      0o755,
    );
  });

  it("copies a raw image into a data disk", async () => {
    writeFileSync(path.join(scratch, "data.raw"), "payload");
    await store.create(volume("2/vm-2-disk-0.raw"), mebibyte, path.join(scratch, "data.raw"));
    const disk = path.join(store.folder(volume("2/vm-2-disk-0.raw")), "disk.raw");
    assert.equal(readFileSync(disk).subarray(0, 8).toString("latin1"), "payload\0");
    assert.equal(statSync(disk).size, mebibyte);
  });

  it("refuses a foreign qcow2 image and leaves no volume behind", async () => {
    writeFileSync(path.join(scratch, "other.qcow2"), "QFI\xfb foreign", "latin1");
    await assert.rejects(
      store.create(volume("3/vm-3-disk-0.qcow2"), mebibyte, path.join(scratch, "other.qcow2")),
      /'other\.qcow2' is a qcow2 image of its own/,
    );
    assert.equal(existsSync(store.folder(volume("3/vm-3-disk-0.qcow2"))), false);
  });

  it("clones content, not the copy's link to it", async () => {
    const from = volume("4/vm-4-disk-0.qcow2");
    await store.create(from, 2 ** 31, image);
    writeFileSync(path.join(store.folder(from), "upper/file"), "one");
    await store.clone(from, volume("5/vm-5-disk-0.qcow2"));
    await store.clone(from, volume("5/vm-5-disk-1.qcow2"));
    mkdirSync(path.join(store.folder(from), "machines"));
    writeFileSync(path.join(store.folder(from), "machines/image"), "container");
    await store.clone(from, volume("5/vm-5-disk-2.qcow2"));
    writeFileSync(path.join(store.folder(from), "upper/file"), "two");
    const copy = store.folder(volume("5/vm-5-disk-0.qcow2"));
    assert.equal(readFileSync(path.join(copy, "upper/file"), "utf8"), "one");
    assert.deepEqual(readdirSync(copy).sort(), ["upper", "work"]);
    const started = store.folder(volume("5/vm-5-disk-2.qcow2"));
    assert.equal(readFileSync(path.join(started, "machines/image"), "utf8"), "container");
  });

  it("moves a volume with its content to another name and storage", async () => {
    const [from, to] = [volume("6/vm-6-disk-0.raw"), volume("7/vm-7-disk-3.raw", "local2")];
    await store.create(from, mebibyte);
    writeFileSync(path.join(store.folder(from), "disk.raw"), "content");
    await store.move(from, to);
    assert.equal(await store.kind(from), undefined);
    assert.equal(readFileSync(path.join(store.folder(to), "disk.raw"), "utf8"), "content");
    assert.equal(existsSync(path.join(root, "local/6")), false);
    await store.create(from, mebibyte);
    await assert.rejects(
      store.move(from, to),
      /volume 'local2:7\/vm-7-disk-3\.raw' already exists/,
    );
  });

  it("grows a disk and never shrinks one", async () => {
    const disk = volume("8/vm-8-disk-0.raw");
    await store.create(disk, 2 * mebibyte);
    await store.resize(disk, 4 * mebibyte);
    await store.resize(disk, mebibyte);
    assert.equal(statSync(path.join(store.folder(disk), "disk.raw")).size, 4 * mebibyte);
  });

  it("deletes what is there and takes no offence at what is not", async () => {
    const disk = volume("9/vm-9-disk-0.raw");
    await store.create(disk, mebibyte);
    await store.delete(disk);
    await store.delete(disk);
    assert.equal(existsSync(path.join(root, "local/9")), false);
    await assert.rejects(
      store.resize(disk, 1),
      /volume 'local:9\/vm-9-disk-0\.raw' does not exist/,
    );
  });

  for (const name of [
    "../../etc",
    "1/../../x",
    "/etc/passwd",
    "1//x",
    "",
    ".hidden",
    "a b",
    "1/-rf",
  ]) {
    it(`refuses the volume name ${JSON.stringify(name)}`, () => {
      assert.throws(() => store.folder(volume(name)), /is not a plain path/);
    });
  }
});

describe("renderBaseImageFile()", () => {
  it("is a qcow2 image of the given size that is known again", async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), "labwright-image-")), "x.qcow2");
    const image = renderBaseImageFile(3 * 2 ** 30);
    writeFileSync(file, image);
    assert.equal(image.subarray(0, 4).toString("latin1"), "QFI\xfb");
    assert.equal(image.readBigUInt64BE(24), 3n * 2n ** 30n);
    assert.equal(await imageKind(file), "tree");
    image.fill(0, 72, 200);
    writeFileSync(file, image);
    assert.equal(await imageKind(file), undefined);
    rmSync(path.dirname(file), { recursive: true });
  });
});
