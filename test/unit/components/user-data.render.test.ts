import assert from "node:assert/strict";
import * as fc from "fast-check";
import { parse } from "yaml";
import { macAddressFor } from "../../../components/proxmox/mac-address";
import { renderUserData, type UserData } from "../../../components/proxmox/user-data.render";

const data: UserData = {
  hostName: "web",
  fqdn: "web.home.arpa",
  users: [{ name: "root", authorizedKeys: ["ssh-ed25519 AAAA me\n"] }],
  hostKey: {
    privateKey: "-----BEGIN-----\nabc\n-----END-----\n",
    publicKey: "ssh-ed25519 BBBB web",
  },
  packages: [],
};

describe("renderUserData()", () => {
  it("is cloud-config with the host's own key", () => {
    assert.equal(
      renderUserData(data),
      `#cloud-config
hostname: web
fqdn: web.home.arpa
manage_etc_hosts: localhost
disable_root: false
ssh_pwauth: false
users:
  - name: root
    lock_passwd: true
    ssh_authorized_keys:
      - ssh-ed25519 AAAA me
ssh_keys:
  ed25519_private: |
    -----BEGIN-----
    abc
    -----END-----
  ed25519_public: ssh-ed25519 BBBB web
`,
    );
  });

  it("reads back as what was given, whatever is in it", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.string({ unit: "grapheme" }),
        (key, comment) => {
          const read = parse(
            renderUserData({
              ...data,
              users: [{ name: "root", authorizedKeys: [comment] }],
              hostKey: { privateKey: key, publicKey: comment },
            }),
          ) as { users: { ssh_authorized_keys: string[] }[]; ssh_keys: Record<string, string> };
          assert.equal(read.ssh_keys["ed25519_private"], key);
          assert.equal(read.ssh_keys["ed25519_public"], comment.trim());
          assert.deepEqual(read.users[0]!.ssh_authorized_keys, [comment.trim()]);
        },
      ),
    );
  });

  it("sorts packages and fetches their list first", () => {
    const read = parse(renderUserData({ ...data, packages: ["vim", "curl"] })) as Record<
      string,
      unknown
    >;
    assert.deepEqual([read["package_update"], read["packages"]], [true, ["curl", "vim"]]);
  });
});

describe("macAddressFor()", () => {
  for (const [address, mac] of [
    ["10.77.0.53", "BC:24:11:4D:00:35"],
    ["192.168.255.1", "BC:24:11:A8:FF:01"],
  ] as const)
    it(`gives ${address} ${mac}`, () => {
      assert.equal(macAddressFor(address), mac);
    });
});
