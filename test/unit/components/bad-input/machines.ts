import { DnsRecord, Vm } from "../../../../components";
import { node, publicKey, zone } from "../lab-parts";
import { type Row, vm, pve, existing, wrong } from "./spoilt";

export const machines: Row[] = [
  [
    "an address without a network",
    vm({ address: "10.77.0.80" }),
    'Vm "web": address is "10.77.0.80": use an IPv4 address with its prefix length, such as 10.77.0.53/24',
  ],
  [
    "an octet past 255",
    vm({ address: "10.77.0.300/24" }),
    'Vm "web": address is "10.77.0.300/24": use an IPv4 address with its prefix length, such as 10.77.0.53/24',
  ],
  [
    "an octal-looking octet",
    vm({ address: "10.77.0.080/24" }),
    'Vm "web": address is "10.77.0.080/24": use an IPv4 address with its prefix length, such as 10.77.0.53/24',
  ],
  [
    "a prefix length of 33",
    vm({ address: "10.77.0.80/33" }),
    'Vm "web": address is "10.77.0.80/33": use an IPv4 address with its prefix length, such as 10.77.0.53/24',
  ],
  [
    "the network's own address",
    vm({ address: "10.77.0.0/24" }),
    'Vm "web": address is "10.77.0.0/24": use the address of a host: this is the network\'s own',
  ],
  [
    "the broadcast address",
    vm({ address: "10.77.0.255/24" }),
    'Vm "web": address is "10.77.0.255/24": use the address of a host: this is the network\'s broadcast address',
  ],
  [
    "the gateway's address",
    vm({ address: "10.77.0.1/24" }),
    'Vm "web": address is "10.77.0.1/24": the gateway has it: use another',
  ],
  [
    "a gateway outside the network",
    vm({ gateway: "10.78.0.1" }),
    'Vm "web": gateway is "10.78.0.1": use an address in the machine\'s own network (10.77.0.80/24)',
  ],
  [
    "a name with an underscore",
    vm({ hostName: "web_1" }),
    'Vm "web": hostName is "web_1": use letters, digits and hyphens: no underscore in the name of a host',
  ],
  [
    "a name with a domain",
    vm({ hostName: "web.home.arpa" }),
    'Vm "web": hostName is "web.home.arpa": use the first label alone, without a domain',
  ],
  ["a VM id below 100", vm({ vmId: 99 }), 'Vm "web": vmId is 99: use 100-999999999'],
  [
    "a VM id of ten digits",
    vm({ vmId: 1000000000 }),
    'Vm "web": vmId is 1000000000: use 100-999999999',
  ],
  [
    "the template's id",
    vm({ vmId: 9000 }),
    'Vm "web": vmId is 9000: the template has it: use another',
  ],
  [
    "an id past the node's range",
    vm({ on: node({ vmIds: { from: 200, to: 250 } }) }),
    'Vm "web": vmId is 280: give one: it is past the node\'s range, which ends at 250',
  ],
  [
    "no memory to boot with",
    vm({ memoryMiB: 64 }),
    'Vm "web": memoryMiB is 64: use a whole number of MiB, 128-4194304',
  ],
  [
    "memory as a text",
    vm({ memoryMiB: wrong("2G") }),
    'Vm "web": memoryMiB is "2G": use a whole number of MiB, 128-4194304',
  ],
  ["half a core", vm({ cores: 0.5 }), 'Vm "web": cores is 0.5: use 1-512'],
  [
    "a disk of no size",
    vm({ diskGiB: 0 }),
    'Vm "web": diskGiB is 0: use a whole number of GiB, 1-131072',
  ],
  [
    "a data disk in the boot disk's place",
    vm({ dataDisks: { scsi0: { sizeGiB: 4 } } }),
    'Vm "web": dataDisks is "scsi0": use scsi1 to scsi30: scsi0 is the boot disk',
  ],
  [
    "a data disk past the controller's end",
    vm({ dataDisks: { scsi31: { sizeGiB: 4 } } }),
    'Vm "web": dataDisks is "scsi31": use scsi1 to scsi30: scsi0 is the boot disk',
  ],
  ["a VLAN of 4095", vm({ vlan: 4095 }), 'Vm "web": vlan is 4095: use 1-4094'],
  [
    "a multicast MAC address",
    vm({ macAddress: "01:00:5E:00:00:01" }),
    'Vm "web": macAddress is "01:00:5E:00:00:01": use a unicast address: the first octet has to be even',
  ],
  [
    "a name server by name",
    vm({ nameServers: ["dns.example.net"] }),
    'Vm "web": nameServers[0] is "dns.example.net": use an IPv4 or IPv6 address such as 10.77.0.53 or fd00:77::53',
  ],
  [
    "an unknown boot tier",
    vm({ bootTier: "early" }),
    'Vm "web": bootTier is "early": use one of the node\'s boot tiers: names, storage, services',
  ],
  [
    "a tag in capitals",
    vm({ tags: ["Web"] }),
    'Vm "web": tags[0] is "Web": use lower-case letters, digits, _, -, + and .',
  ],
  [
    "a template and an image",
    vm({ template: 9001, image: { url: "https://example.net/debian.qcow2" } }),
    'Vm "web": template is 9001: give a template or an image, not both',
  ],
  [
    "neither template nor image",
    vm({ on: node({ template: undefined }) }),
    'Vm "web": template is missing: give the id of a template, here or on the node, or an image',
  ],
  [
    "an image by path",
    vm({ image: { url: "/root/debian.qcow2" } }),
    'Vm "web": image.url is "/root/debian.qcow2": use the http or https address of an image ending in .qcow2, .img, .raw or .vmdk',
  ],
  [
    "an image in another sort of content",
    vm({ image: "local:iso/debian.iso" }),
    'Vm "web": image is "local:iso/debian.iso": use the volume of an image, such as local:import/debian-12.qcow2, or { url }',
  ],
  [
    "an image stored in a folder",
    vm({ image: { url: "http://example.net/d.img", fileName: "../d.qcow2" } }),
    'Vm "web": image.fileName is "../d.qcow2": use a file name ending in .qcow2, .raw or .vmdk, without a folder',
  ],
  [
    "two images of one name",
    () => {
      const on = node();
      vm({ on, image: { url: "http://example.net/debian.img" } })();
      const image = { url: "http://example.org/debian.img" };
      new Vm("two", { on, address: "10.77.0.81/24", image });
    },
    'Vm "two": image.url is "http://example.org/debian.img": give it a fileName of its own: http://example.net/debian.img has this one\'s',
  ],
  [
    "an MD5 sum",
    vm({
      image: { url: "http://example.net/d.img", checksum: "d41d8cd98f00b204e9800998ecf8427e" },
    }),
    'Vm "web": image.checksum is "d41d8cd98f00b204e9800998ecf8427e": use a SHA-256 or SHA-512 sum: 64 or 128 hexadecimal digits',
  ],
  [
    "nobody who could log in",
    vm({ on: node({ authorizedKeys: [] }) }),
    'Vm "web": authorizedKeys is []: give at least one public key, here or on the node: nobody could log in',
  ],
  [
    "a private key, without showing it",
    vm({ authorizedKeys: ["-----BEGIN OPENSSH PRIVATE KEY-----\ncanary"] }),
    'Vm "web": authorizedKeys[0]: use the public key (the .pub file), never the private one',
  ],
  [
    "a cut public key",
    vm({ authorizedKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5"] }),
    'Vm "web": authorizedKeys[0] is "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5": use a whole public key: this one is cut or damaged',
  ],
  [
    "a user name with a space",
    vm({ users: [{ name: "jo doe", authorizedKeys: [publicKey] }] }),
    'Vm "web": users[0].name is "jo doe": use a lower-case letter, then letters, digits, - or _, at most 32',
  ],
  [
    "the login user again",
    vm({ users: [{ name: "root", authorizedKeys: [publicKey] }] }),
    'Vm "web": users[0].name is "root": use each name once',
  ],
  [
    "a package with an option in it",
    vm({ packages: ["vim --force-yes"] }),
    'Vm "web": packages[0] is "vim --force-yes": use the name of a package such as bind9',
  ],
  [
    "no time to boot in",
    vm({ bootTimeoutSeconds: 0 }),
    'Vm "web": bootTimeoutSeconds is 0: use a whole number of seconds, 1-86400',
  ],
  [
    "a VM id in use",
    () => {
      const on = node();
      vm({ on, vmId: 500, address: "10.77.0.70/24" })();
      new Vm("two", { on, address: "10.77.0.81/24", vmId: 500 });
    },
    'Vm "two": vmId is 500: machine "web" has it: use another',
  ],
  [
    "an id that another's address gave",
    () => {
      const on = node();
      vm({ on })();
      new Vm("two", { on, address: "10.77.0.81/24", vmId: 1080 });
    },
    'Vm "two": vmId is 1080: machine "web" has it: use another',
  ],
  [
    "an address in use, on another node of the cluster",
    () => {
      const on = node();
      vm({ on })();
      new Vm("two", { on: on.sibling({ node: "pve2" }), address: "10.77.0.80/24", vmId: 500 });
    },
    'Vm "two": address is "10.77.0.80/24": machine "web" has it: use another',
  ],
  [
    "a name the zone has already",
    () => {
      const home = zone();
      new DnsRecord("web", { zone: home, type: "A", values: "10.77.0.5" });
      vm({ zone: home })();
    },
    'Vm "web": name is "web": web.home.arpa has A records in this program already: list all values in one place',
  ],
  [
    "a node's name with a space",
    pve({ node: "pve 1" }),
    'ProxmoxNode "pve 1": node is "pve 1": use letters, digits and hyphens, with dots between the labels',
  ],
  [
    "a boot tier without an order",
    pve({ bootTiers: { names: wrong({}) } }),
    'ProxmoxNode "pve1": bootTiers.names.order is missing: use 1-9999',
  ],
  [
    "a range of ids that ends before it starts",
    pve({ vmIds: { from: 500, to: 400 } }),
    'ProxmoxNode "pve1": vmIds.to is 400: use an id from 500 on',
  ],
  [
    "a storage by path",
    pve({ datastore: "/mnt/data" }),
    'ProxmoxNode "pve1": datastore is "/mnt/data": use the name of a storage, such as local-lvm',
  ],
  [
    "an existing host without a key",
    existing({ hostKey: "" }),
    'existingHost "nas": hostKey is "": use the line of a public key file: ssh-ed25519 AAAA... comment',
  ],
  ["an SSH port of 0", existing({ port: 0 }), 'existingHost "nas": port is 0: use 1-65535'],
  [
    "a jump host with a bad address",
    existing({ jump: { address: "jump host", hostKey: publicKey } }),
    'existingHost "nas": jump.address is "jump host": use an IP address or the name of a host',
  ],
];
