import assert from "node:assert/strict";
import {
  renderInterfaces,
  renderNetworkConfig,
} from "../../../sandbox/api/cloudinit/network-config";
import { renderUserData } from "../../../sandbox/api/cloudinit/user-data";
import { parse } from "yaml";

const host = { servers: ["192.0.2.1"], search: "example.test" };

describe("cloud-init as Proxmox VE renders it", () => {
  it("user data with everything", () => {
    const options = {
      name: "full-vm",
      searchdomain: "example.test",
      ciuser: "debian",
      cipassword: "made-up",
      sshkeys: "ssh-ed25519%20AAAA%20a%40b%0A%0Assh-rsa%20BBBB%0A",
      ciupgrade: "0",
    };
    assert.equal(
      renderUserData(110, options),
      "#cloud-config\nhostname: full-vm\nmanage_etc_hosts: true\nfqdn: full-vm.example.test\nuser: debian\npassword: made-up\n" +
        "ssh_authorized_keys:\n  - ssh-ed25519 AAAA a@b\n  - ssh-rsa BBBB\nchpasswd:\n  expire: False\nusers:\n  - default\n",
    );
  });

  for (const [options, hostname, fqdn] of [
    [{}, "VM100", "VM100"],
    [{ name: "web" }, "web", "web"],
    [{ name: "web.home.arpa", searchdomain: "other" }, "web", "web.home.arpa"],
  ] as const)
    it(`names ${JSON.stringify(options)} ${hostname} and ${fqdn}`, () => {
      const found = parse(renderUserData(100, options)) as Record<string, unknown>;
      assert.equal(found.hostname, hostname);
      assert.equal(found.fqdn, fqdn);
      assert.equal(found.package_upgrade, true);
    });

  it("addresses, in both families", () => {
    const options = {
      net0: "virtio=BC:24:11:4D:BA:46,bridge=vmbr0",
      net1: "virtio=BC:24:11:32:D8:59,bridge=vmbr0",
      net2: "virtio=BC:24:11:32:D8:60,bridge=vmbr0",
      ipconfig0: "ip=192.0.2.60/25,gw=192.0.2.1,ip6=2001:db8::60/64,gw6=2001:db8::1",
      ipconfig1: "ip=dhcp,ip6=auto",
      nameserver: "192.0.2.53 192.0.2.54",
    };
    assert.equal(
      renderNetworkConfig(options, host),
      `version: 1
config:
    - type: physical
      name: eth0
      mac_address: 'bc:24:11:4d:ba:46'
      subnets:
      - type: static
        address: '192.0.2.60'
        netmask: '255.255.255.128'
        gateway: '192.0.2.1'
      - type: static6
        address: '2001:db8::60/64'
        gateway: '2001:db8::1'
    - type: physical
      name: eth1
      mac_address: 'bc:24:11:32:d8:59'
      subnets:
      - type: dhcp4
      - type: ipv6_slaac
    - type: nameserver
      address:
      - '192.0.2.53'
      - '192.0.2.54'
      search:
      - 'example.test'
`,
    );
  });

  it("an interfaces file for ConfigDrive", () => {
    const options = {
      net0: "virtio=BC:24:11:1C:27:4A,bridge=vmbr0",
      ipconfig0: "ip=192.0.2.61/24",
    };
    assert.equal(
      renderInterfaces(options, host),
      "auto lo\niface lo inet loopback\n\n        dns_nameservers 192.0.2.1\n        dns_search example.test\n" +
        "auto eth0\niface eth0 inet static\n        address 192.0.2.61\n        netmask 255.255.255.0\n",
    );
  });
});
