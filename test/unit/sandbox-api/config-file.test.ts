import assert from "node:assert/strict";
import fc from "fast-check";
import {
  digestOf,
  emptyConfig,
  parseConfig,
  printConfig,
} from "../../../sandbox/api/guests/config-file";

describe("a guest's configuration file", () => {
  it("has the description as comments, options sorted, then sections", () => {
    const config = {
      ...emptyConfig({ name: "vm", cores: "2", description: "a\r\nb\ttab % ü\n\nend" }),
      pending: { memory: "512" },
      pendingDelete: { net0: false, scsi1: true },
      cloudinit: { ciuser: "ops" },
      snapshots: { s1: { cores: "1", snaptime: "5", description: "snap" } },
    };
    assert.equal(
      printConfig(config),
      "#a%0D\n#b%09tab %25 %C3%BC\n#\n#end\ncores: 2\nname: vm\n\n" +
        "[PENDING]\ndelete: net0,!scsi1\nmemory: 512\n\n[special:cloudinit]\nciuser: ops\n\n[s1]\n#snap\ncores: 1\nsnaptime: 5\n",
    );
    assert.deepEqual(parseConfig(printConfig(config)), config);
  });

  it("has the digest that a real node gave to the same text", () => {
    const text =
      "#line one\n#line two %C3%BC 100%25 #x\nagent: 1\nboot: order=scsi0;ide2;net0\ncipassword: made-up-Secret1\nciuser: ops\n" +
      "cores: 1\nide2: local:600/vm-600-cloudinit.qcow2,media=cdrom\nipconfig0: ip=dhcp\nmemory: 256\n" +
      "meta: creation-qemu=10.0.13,ctime=1795234030\nname: files\nnet0: virtio=BC:24:11:5B:EA:48,bridge=vmbr0\nonboot: 1\n" +
      "scsi0: local:600/vm-600-disk-0.qcow2,size=1G\nscsihw: virtio-scsi-single\nsmbios1: uuid=fa512159-d6c3-43af-9e7b-cccf5e68a29e\n" +
      "sshkeys: ssh-ed25519%20AAAAC3NzaC1lZDI1NTE5AAAAIEgsh12ytScvU32v3e0K5Vos8BC0jMcFrOM4xaOnDRNA%20oracle%40example.test\n" +
      "tags: a;b\nvmgenid: e0e7ed4b-6ac7-450b-9515-2dbe63c3b0ab\n";
    assert.equal(printConfig(parseConfig(text)), text);
    assert.equal(digestOf(text), "79f67a3101217d1f4c836c6d1812890e8cec348a");
  });

  it("keeps every description, also one that looks like a section or an option", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 40 }), (description) => {
        const config = emptyConfig({ description, name: "x" });
        const read = parseConfig(printConfig(config)).options;
        assert.equal(read.name, "x");
        assert.equal((read.description ?? "").replace(/\n$/, ""), description.replace(/\n$/, ""));
      }),
      { examples: [["[PENDING]"], ["a\n[s1]\nname: y"], ["\n"], ["%"], ["#"]] },
    );
  });
});
