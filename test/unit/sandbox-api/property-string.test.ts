import assert from "node:assert/strict";
import fc from "fast-check";
import {
  FormatError,
  printPropertyString,
  splitPropertyString,
} from "../../../sandbox/api/parameters/property-string";
import { propertyStringSchema } from "../../../sandbox/api/schema/api-schema";

const drive = propertyStringSchema("qemu", "scsi0");
const net = propertyStringSchema("qemu", "net0");
const ctNet = propertyStringSchema("lxc", "net0");

describe("property strings", () => {
  const printed: [string, typeof drive, string, string][] = [
    [
      "a drive's volume first, options sorted",
      drive,
      "size=4G,discard=on,file=local:1/vm-1-disk-0.raw,aio=native",
      "local:1/vm-1-disk-0.raw,aio=native,discard=on,size=4G",
    ],
    ["volume is another name of file", drive, "volume=local:4,ssd=1", "local:4,ssd=1"],
    [
      "a card's model holds its address",
      net,
      "model=virtio,bridge=vmbr0,macaddr=BC:24:11:00:00:01",
      "virtio=BC:24:11:00:00:01,bridge=vmbr0",
    ],
    [
      "model=address is taken apart and put together",
      net,
      "e1000=BC:24:11:00:00:01,tag=5,bridge=vmbr0",
      "e1000=BC:24:11:00:00:01,bridge=vmbr0,tag=5",
    ],
    [
      "a card without an address keeps its model alone",
      net,
      "bridge=vmbr0,virtio",
      "virtio,bridge=vmbr0",
    ],
    [
      "what is required comes before the rest",
      ctNet,
      "bridge=vmbr0,hwaddr=BC:24:11:00:00:01,name=eth0",
      "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:01",
    ],
    ["empty parts are left out", drive, ",local:4,,ssd=1,", "local:4,ssd=1"],
  ];
  for (const [title, schema, text, expected] of printed)
    it(`prints ${title}`, () => {
      assert.equal(printPropertyString(splitPropertyString(text, schema), schema), expected);
    });

  const refused: [string, typeof drive, string][] = [
    ["local:4,ssd=1,ssd=0", drive, "duplicate key in comma-separated list property: ssd\n"],
    ["local:4,file=local:5", drive, "duplicate key in comma-separated list property: file\n"],
    ["local:4,ssd=", drive, "missing key in comma-separated list property\n"],
    ["=x", drive, "missing key in comma-separated list property\n"],
    ["eth0", ctNet, "value without key, but schema does not define a default key\n"],
  ];
  for (const [text, schema, message] of refused)
    it(`refuses ${text}`, () => {
      assert.throws(
        () => splitPropertyString(text, schema),
        (error: unknown) => {
          assert.ok(error instanceof FormatError);
          assert.equal(error.message, message);
          return true;
        },
      );
    });

  it("gives back what it printed, whatever the values are", () => {
    const value = fc
      .string({ minLength: 1 })
      .filter((text) => !/[,=]/.test(text) && text.trim() !== "");
    const properties = fc.record(
      { file: value, serial: value, size: value },
      { requiredKeys: ["file"] },
    );
    fc.assert(
      fc.property(properties, (given) => {
        const text = printPropertyString(given, drive);
        assert.deepEqual({ ...splitPropertyString(text, drive) }, { ...given });
      }),
    );
  });
});
