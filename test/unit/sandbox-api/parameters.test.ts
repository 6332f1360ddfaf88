import assert from "node:assert/strict";
import {
  checkProperties,
  type ParameterErrors,
  type ParameterValue,
} from "../../../sandbox/api/parameters/check";
import { configSchema, methodSchema } from "../../../sandbox/api/schema/api-schema";

const create = methodSchema("/nodes/{node}/qemu", "POST")?.parameters ?? {};

function errorsOf(values: Record<string, ParameterValue>, schema = create): ParameterErrors {
  const errors: ParameterErrors = {};
  checkProperties(values, schema, errors);
  return errors;
}

const UNKNOWN =
  "property is not defined in schema and the schema does not allow additional properties";

describe("parameter verification", () => {
  const refused: [string, string, string][] = [
    ["cores", "abc", "type check ('integer') failed - got 'abc'"],
    ["cores", "0", "value must have a minimum value of 1"],
    ["cores", " 2", "type check ('integer') failed - got ' 2'"],
    ["onboot", "true", "type check ('boolean') failed - got 'true'"],
    ["onboot", "", "type check ('boolean') failed - got ''"],
    ["shares", "60000", "value must have a maximum value of 50000"],
    ["bios", "uefi", "value 'uefi' does not have a value in the enumeration 'seabios, ovmf'"],
    ["name", "bad_name", "invalid format - value does not look like a valid DNS name\n"],
    ["name", "a..b", "invalid format - value does not look like a valid DNS name\n"],
    ["tags", "a/b", "invalid format - invalid characters in tag\n"],
    ["pool", "bad pool", "invalid format - pool name 'bad pool' contains invalid characters\n"],
    ["pool", "__proto__", "invalid format - pool name '__proto__' contains invalid characters\n"],
    [
      "memory",
      "8",
      "invalid format - format error\nmemory.current: value must have a minimum value of 16\n",
    ],
    ["scsi0", "local:1,bogus=1", `invalid format - format error\nscsi0.bogus: ${UNKNOWN}\n`],
    [
      "scsi0",
      "local",
      "invalid format - format error\nscsi0.file: invalid format - unable to parse volume ID 'local'\n\n",
    ],
    ["scsi31", "local:1", UNKNOWN],
    [
      "net0",
      "bridge=vmbr0",
      "invalid format - format error\nnet0.model: property is missing and it is not optional\n",
    ],
    [
      "ipconfig0",
      "ip=192.0.2.1",
      "invalid format - format error\nipconfig0.ip: invalid format - value does not look like a valid ipv4 network configuration\n\n",
    ],
    [
      "ipconfig0",
      "gw=192.0.2.1",
      "invalid format - format error\nipconfig0.ip: missing property required by 'ipconfig0.gw'\n",
    ],
    [
      "ipconfig0",
      "192.0.2.1/24",
      "invalid format - value without key, but schema does not define a default key\n",
    ],
    [
      "cicustom",
      "user=/etc/passwd",
      "invalid format - format error\ncicustom.user: invalid format - unable to parse volume ID '/etc/passwd'\n\n",
    ],
    ["startup", "order=1 up=2", "invalid format - unable to parse startup options\n"],
    [
      "sshkeys",
      "ssh-ed25519 AAAA",
      "invalid format - invalid urlencoded string: ssh-ed25519 AAAA\n",
    ],
    ["description", "x".repeat(8193), "value may only be 8192 characters long"],
    ["force", "1", ""],
  ];
  for (const [name, value, message] of refused)
    if (message !== "")
      it(`refuses ${name}=${value.slice(0, 30)}`, () => {
        assert.deepEqual(errorsOf({ node: "pve1", vmid: "100", [name]: value }), {
          [name]: message,
        });
      });

  it("says what another parameter needs", () => {
    assert.deepEqual(errorsOf({ node: "pve1", vmid: "100", force: "1" }), {
      archive: "missing property required by 'force'",
    });
  });

  it("reports everything at once", () => {
    assert.deepEqual(
      Object.keys(errorsOf({ node: "pve1", cores: "x", bogus: "1", net0: "" })).sort(),
      ["bogus", "cores", "net0", "vmid"],
    );
  });

  const accepted: [string, string][] = [
    ["tags", "b, a;C"],
    ["scsi0", "file=local:4,aio=io_uring,discard=on,iothread=1"],
    ["net0", "model=virtio,bridge=vmbr0,firewall=0,macaddr=BC:24:11:AA:BB:CC"],
    ["ipconfig0", "ip=192.0.2.60/24,gw=192.0.2.1,ip6=auto"],
    ["cpu", "x86-64-v2-AES"],
    ["agent", "enabled=1,fstrim_cloned_disks=0,type=virtio"],
    ["startup", "order=1,up=30,down=60"],
    ["boot", "order=scsi0;net0"],
    ["ide2", "none,media=cdrom"],
    ["sshkeys", "ssh-ed25519%20AAAA%20a%40b"],
  ];
  for (const [name, value] of accepted)
    it(`accepts ${name}=${value}`, () => {
      assert.deepEqual(errorsOf({ node: "pve1", vmid: "100", [name]: value }), {});
    });

  it("knows the options of a configuration by number", () => {
    assert.ok(Object.hasOwn(configSchema("qemu"), "net31"));
    assert.ok(!Object.hasOwn(configSchema("qemu"), "net32"));
    assert.ok(Object.hasOwn(configSchema("lxc"), "mp255"));
  });
});
