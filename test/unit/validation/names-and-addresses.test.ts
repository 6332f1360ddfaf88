import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Checker } from "../../../validation/checker";
import {
  canonicalName,
  checkAddressOwner,
  checkDnsName,
  checkFullHostName,
  checkHostLabel,
  checkHostName,
  checkZoneName,
  nameInZone,
} from "../../../validation/dns-name";
import {
  canonicalIP,
  checkIP,
  checkIPv4,
  checkIPv6,
  reversePointer,
} from "../../../validation/ip-address";
import { checkMac } from "../../../validation/mac-address";
import {
  checkInterfaceAddress,
  checkNetwork,
  checkReverseNetwork,
  hostNumber,
  networkContains,
  reverseZoneName,
} from "../../../validation/network";
import { checkTtl, checkVmId } from "../../../validation/number";
import {
  checkAbsolutePath,
  checkPackageName,
  checkRelativePath,
  checkUserName,
} from "../../../validation/linux";
import { checkBridge, checkDataDisk, checkDatastore, checkTag } from "../../../validation/proxmox";
import { checkPublicKey } from "../../../validation/ssh-key";
import { publicKey } from "../components/lab-parts";

const label63 = "a".repeat(63);
const name253 = `${`${label63}.`.repeat(3)}${"b".repeat(61)}`;

const tables: [checker: Checker, good: unknown[], bad: unknown[]][] = [
  [
    checkIPv4,
    ["0.0.0.0", "10.77.0.53", "255.255.255.255"],
    [
      "",
      "10.77.0",
      "10.77.0.256",
      "010.0.0.1",
      "0x7f.0.0.1",
      "127.1",
      "2130706433",
      " 10.0.0.1",
      "10.0.0.1/24",
      "::1",
      "fd00::1",
      10,
      null,
      undefined,
      ["10.0.0.1"],
    ],
  ],
  [
    checkIPv6,
    ["::", "::1", "fd00:77::53", "FD00:0:0:0:0:0:0:1", "::ffff:10.0.0.1"],
    ["", ":", "fd00", "fd00::1::2", "fe80::1%eth0", "12345::", "10.0.0.1", "[::1]", "::1/64", 1],
  ],
  [checkIP, ["10.0.0.1", "::1"], ["home", "", null]],
  [
    checkNetwork,
    ["10.77.0.0/24", "10.0.0.0/8", "0.0.0.0/0", "10.77.0.5/32", "fd00:77::/64", "::/0"],
    [
      "10.77.0.0",
      "10.77.0.5/24",
      "10.77.0.0/33",
      "10.77.0.0/024",
      "10.77.0.0/-1",
      "10.77.0.0/24/24",
      "fd00:77::1/64",
      "fd00::/129",
      "x/24",
      24,
    ],
  ],
  [
    checkInterfaceAddress,
    ["10.77.0.53/24", "10.0.0.1/8", "10.0.0.0/31", "10.0.0.1/30"],
    [
      "10.77.0.53",
      "10.77.0.0/24",
      "10.77.0.255/24",
      "10.77.0.53/32",
      "10.77.0.53/7",
      "fd00::1/64",
      "",
    ],
  ],
  [
    checkReverseNetwork,
    [
      "10.0.0.0/8",
      "10.77.0.0/16",
      "10.77.0.0/24",
      "fd00:77::/64",
      "fd00::/4".replace("fd00", "f000"),
      "fd00:77::/60",
    ],
    [
      "10.0.0.0/7",
      "10.0.0.0/9",
      "10.77.0.0/23",
      "10.77.0.128/25",
      "fd00:77::/63",
      "::/0",
      "10.77.0.1/24",
    ],
  ],
  [
    checkDnsName,
    [
      "wiki",
      "wiki.home.arpa",
      "wiki.home.arpa.",
      "_acme-challenge.wiki",
      "*.apps",
      "a--b",
      "1",
      name253,
      `${name253}.`,
      label63,
    ],
    [
      "",
      ".",
      "..",
      "a..b",
      ".a",
      "a b",
      "a;b",
      "-a",
      "a-",
      "a.-b",
      "a/b",
      "ü",
      "xn--ü",
      "a\n",
      "a.*",
      "*a",
      `${name253}c`,
      `${label63}a`,
      "a\0",
      5,
      null,
    ],
  ],
  [
    checkHostName,
    ["web1", "web.home.arpa.", "1a"],
    ["_web", "web_1", "*.web", "10.0.0.1", "123", "web!"],
  ],
  [checkAddressOwner, ["web", "*", "*.apps"], ["_web", "a.*", "w*b"]],
  [checkFullHostName, ["wiki.home.arpa"], ["wiki", "wiki.home.arpa.", "*.home.arpa", "10.77.0.1"]],
  [checkHostLabel, ["web1"], ["web.home", "web.", "w_b", "1"]],
  [
    checkZoneName,
    ["home.arpa", "arpa", "_msdcs.example.com", "77.10.in-addr.arpa"],
    ["home.arpa.", ".", "*.home", "home arpa", "bücher.de"],
  ],
  [
    checkMac,
    ["BC:24:11:4D:00:35", "bc:24:11:4d:00:35"],
    [
      "BC-24-11-4D-00-35",
      "BC:24:11:4D:00",
      "01:00:00:00:00:00",
      "BD:24:11:4D:00:35",
      "GG:24:11:4D:00:35",
      "",
    ],
  ],
  [checkVmId, [100, 999999999], [99, 1000000000, 100.5, "100", Number.NaN, Infinity, null]],
  [checkTtl, [0, 2147483647], [-1, 2147483648, "3600"]],
  [
    checkUserName,
    ["root", "_apt", "www-data", "a".repeat(32)],
    ["", "Root", "1a", "a b", "a:b", "a".repeat(33), "-a", "a\n"],
  ],
  [
    checkPackageName,
    ["bind9", "libstdc++6", "linux-image-6.1.0-9-amd64", "perl_5"],
    ["", "-y", "a b", "a;b", "../a"],
  ],
  [
    checkAbsolutePath,
    ["/etc/motd", "/a b", "/ü", "/.hidden", "/a..b"],
    ["", "/", "etc", "/etc/", "//etc", "/etc/../root", "/etc/./x", "/a\nb", "/a\0", "/\u0085"],
  ],
  [
    checkRelativePath,
    ["index.html", "a/b.css", ".well-known/x"],
    ["", "/a", "../a", "a/../b", "a//b", "a/", "./a", "a\tb"],
  ],
  [
    checkDatastore,
    ["local", "local-lvm", "tank2"],
    ["", "1local", "local-", "a", "local:iso", "/mnt"],
  ],
  [checkBridge, ["vmbr0", "br-lan"], ["", "0br", "a".repeat(16), "br 0", "br/0"]],
  [checkTag, ["web", "k8s.node", "_x"], ["", "Web", "-a", "a;b", "a b"]],
  [
    checkDataDisk,
    ["scsi1", "scsi9", "scsi10", "scsi30"],
    ["scsi0", "scsi31", "scsi01", "virtio1", "scsi", "scsi1 "],
  ],
  [
    checkPublicKey,
    [publicKey, publicKey.replace(/ test$/, "")],
    [
      "",
      "ssh-ed25519",
      "ssh-ed25519 AAAA",
      publicKey.replace("ssh-ed25519", "ssh-rsa"),
      `${publicKey}\n${publicKey}`,
      "ssh-dss AAAAB3NzaC1kc3M=",
      "-----BEGIN OPENSSH PRIVATE KEY-----",
      1,
    ],
  ],
];

const names: [string, Checker][] = Object.entries({
  checkIPv4,
  checkIPv6,
  checkIP,
  checkNetwork,
  checkInterfaceAddress,
  checkReverseNetwork,
  checkDnsName,
  checkHostName,
  checkAddressOwner,
  checkFullHostName,
  checkHostLabel,
  checkZoneName,
  checkMac,
  checkVmId,
  checkTtl,
  checkUserName,
  checkPackageName,
  checkAbsolutePath,
  checkRelativePath,
  checkDatastore,
  checkBridge,
  checkTag,
  checkDataDisk,
  checkPublicKey,
});

describe("validation", () => {
  for (const [checker, good, bad] of tables) {
    const name = names.find(([, other]) => other === checker)![0];
    describe(`${name}()`, () => {
      for (const value of good)
        it(`takes ${String(JSON.stringify(value)).slice(0, 60)}`, () => {
          assert.equal(checker(value), undefined);
        });
      for (const value of bad)
        it(`refuses ${String(JSON.stringify(value)).slice(0, 60)}, and says what to do`, () => {
          assert.match(checker(value) ?? "", /^(use|leave|give|start|end) /);
        });
    });
  }

  it("has a table for every checker", () => {
    assert.deepEqual(
      names
        .filter(([, checker]) => !tables.some(([tested]) => tested === checker))
        .map(([name]) => name),
      [],
    );
  });

  it("never throws, whatever it is given", () => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 1 }), (value) => {
        for (const [, checker] of names) checker(value);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        for (const [, checker] of names) checker(value);
      }),
    );
  });
});

describe("reverse names", () => {
  for (const [network, zone] of [
    ["10.0.0.0/8", "10.in-addr.arpa"],
    ["10.77.0.0/16", "77.10.in-addr.arpa"],
    ["10.77.3.0/24", "3.77.10.in-addr.arpa"],
    ["fd00:77::/32", "7.7.0.0.0.0.d.f.ip6.arpa"],
    ["2001:db8::/36", "0.8.b.d.0.1.0.0.2.ip6.arpa"],
  ] as const)
    it(`reverseZoneName() gives ${network} ${zone}`, () => {
      assert.equal(reverseZoneName(network), zone);
    });

  it("reversePointer() lies in the zone of every network that contains the address", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom(8, 16, 24), (address, prefix) => {
        const octets = address.split(".").map((octet, index) => (index < prefix / 8 ? octet : "0"));
        const network = `${octets.join(".")}/${prefix}`;
        assert.ok(networkContains(network, address));
        assert.ok(nameInZone(reversePointer(address), reverseZoneName(network)));
      }),
    );
  });

  it("reversePointer() writes every digit of an IPv6 address", () => {
    assert.equal(
      reversePointer("fd00:77::53"),
      "3.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.7.7.0.0.0.0.d.f.ip6.arpa.",
    );
  });
});

describe("hostNumber()", () => {
  for (const [address, number] of [
    ["10.77.0.53/24", 53],
    ["10.77.1.2/16", 258],
    ["192.168.1.130/25", 2],
  ] as const)
    it(`gives ${address} ${number}`, () => {
      assert.equal(hostNumber(address), number);
    });
});

describe("one way to write a thing", () => {
  it("canonicalIP() writes IPv6 as RFC 5952 asks", () => {
    assert.equal(canonicalIP("FD00:0077:0:0:0:0:0:0053"), "fd00:77::53");
    assert.equal(canonicalIP("10.77.0.53"), "10.77.0.53");
  });

  it("nameInZone() knows no case and no dot at the end, and keeps to whole labels", () => {
    assert.ok(nameInZone("Wiki.HOME.arpa", "home.arpa."));
    assert.ok(nameInZone("home.arpa", "home.arpa"));
    assert.ok(!nameInZone("notinhome.arpa", "home.arpa"));
    assert.equal(canonicalName("Home.ARPA"), "home.arpa.");
  });
});
