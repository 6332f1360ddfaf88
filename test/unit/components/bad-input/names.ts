import { DnsRecord } from "../../../../components";
import { server, zone } from "../lab-parts";
import { type Row, bind, lan, record } from "./spoilt";

export const names: Row[] = [
  [
    "a forwarder by name",
    bind({ forwarders: ["dns.example.net"] }),
    'BindServer "dns": forwarders[0] is "dns.example.net": use an IPv4 or IPv6 address such as 10.77.0.53 or fd00:77::53',
  ],
  [
    "a server that forwards to itself",
    bind({ forwarders: ["10.77.0.7"] }),
    'BindServer "dns": forwarders[0] is "10.77.0.7": use another server: this is its own address',
  ],
  [
    "a network with host bits",
    bind({ networks: ["10.77.0.5/24"] }),
    'BindServer "dns": networks[0] is "10.77.0.5/24": use the network\'s first address: 10.77.0.0/24',
  ],
  [
    "a setting that BindServer makes",
    bind({ settings: { recursion: "no" } }),
    'BindServer "dns": settings.recursion is "no": leave it out: BindServer sets it by its own arguments',
  ],
  [
    "a setting that closes the block",
    bind({ settings: { version: '"x"; }; include "/etc/shadow"' } }),
    'BindServer "dns": settings.version is "\\"x\\"; }; include \\"/etc/shadow\\"": use one value on one line, without ; { } and open quotes',
  ],
  [
    "an international zone",
    lan("bücher.example"),
    'BindZone "dns-bücher.example": zone is "bücher.example": use the ASCII form xn--bcher-kva.example: DNS carries no other letters',
  ],
  [
    "a zone with an empty label",
    lan("home..arpa"),
    'BindZone "dns-home..arpa": zone is "home..arpa": leave out the empty label between two dots',
  ],
  [
    "a zone with a dot at the end",
    lan("home.arpa."),
    'BindZone "dns-home.arpa.": zone is "home.arpa.": leave out the dot at the end: home.arpa',
  ],
  [
    "a reverse network off the boundary",
    lan("home.arpa", { reverse: "10.77.0.0/23" }),
    'BindZone "dns-home.arpa": reverse is "10.77.0.0/23": use /8, /16 or /24: this one is 2 networks of /24, list those you need, from 10.77.0.0/24 on',
  ],
  [
    "a reverse network smaller than a zone",
    lan("home.arpa", { reverse: ["10.77.0.64/26"] }),
    'BindZone "dns-home.arpa": reverse[0] is "10.77.0.64/26": use the whole /24 (10.77.0.0/24): smaller networks have no zone of their own',
  ],
  [
    "an IPv6 reverse network off the boundary",
    lan("home.arpa", { reverse: "fd00:77::/62" }),
    'BindZone "dns-home.arpa": reverse is "fd00:77::/62": use an IPv6 prefix length that is a multiple of 4, from /4 to /124',
  ],
  [
    "a zone twice",
    () => {
      const dns = server();
      dns.zone("home.arpa");
      dns.zone("Home.Arpa");
    },
    'BindZone "dns-Home.Arpa": zone is "Home.Arpa": the server has it already, as "dns-home.arpa": add records to that one',
  ],
  [
    "a relative name server with dots",
    lan("home.arpa", { nameServer: "ns1.example.net" }),
    'BindZone "dns-home.arpa": nameServer is "ns1.example.net": end it with a dot ("ns1.example.net."), or use one label relative to home.arpa',
  ],
  [
    "a mailbox without a domain",
    lan("home.arpa", { adminMailbox: "root" }),
    'BindZone "dns-home.arpa": adminMailbox is "root": use a mail address such as hostmaster@home.arpa',
  ],
  [
    "an IPv6 address in an A record",
    record({ values: "fd00::1" }),
    'DnsRecord "wiki": values is "fd00::1": use an IPv4 address such as 10.77.0.53',
  ],
  [
    "an IPv4 address in an AAAA record",
    record({ type: "AAAA", values: ["10.77.0.80"] }),
    'DnsRecord "wiki": values[0] is "10.77.0.80": use an IPv6 address such as fd00:77::53',
  ],
  [
    "an unknown type",
    record({ type: "ALIAS" }),
    'DnsRecord "wiki": type is "ALIAS": use one of A, AAAA, CAA, CNAME, MX, PTR, SRV, TXT',
  ],
  [
    "an underscore in an address record",
    record({ name: "my_host" }),
    'DnsRecord "wiki": name is "my_host": use letters, digits and hyphens: no underscore in the name of a host',
  ],
  [
    "a full name without its dot",
    record({ name: "wiki.home.arpa" }),
    'DnsRecord "wiki": name is "wiki.home.arpa": use "wiki" (relative to the zone) or "wiki.home.arpa."',
  ],
  [
    "an absolute name of another zone",
    record({ name: "wiki.example.net." }),
    'DnsRecord "wiki": name is "wiki.example.net.": use a name in the zone home.arpa, or @ for the zone itself',
  ],
  [
    "a label of 64 characters",
    record({ name: "a".repeat(64) }),
    `DnsRecord "wiki": name is "${"a".repeat(64)}": use labels of at most 63 characters`,
  ],
  ["no values", record({ values: [] }), 'DnsRecord "wiki": values is []: give at least one value'],
  [
    "the same value twice",
    record({ values: ["10.77.0.80", "10.77.0.80"] }),
    'DnsRecord "wiki": values[1] is "10.77.0.80": leave out what is there twice',
  ],
  [
    "a negative TTL",
    record({ ttl: -1 }),
    'DnsRecord "wiki": ttl is -1: use a number of seconds, 0-2147483647, such as 3600',
  ],
  [
    "a CNAME at the zone itself",
    record({ name: "@", type: "CNAME", values: "web" }),
    'DnsRecord "wiki": name is "@": use A and AAAA at the zone itself: a CNAME stands alone',
  ],
  [
    "a CNAME with two targets",
    record({ type: "CNAME", values: ["a", "b"] }),
    'DnsRecord "wiki": values is ["a","b"]: give one value: a CNAME has exactly one',
  ],
  [
    "a target that is relative without meaning to",
    record({ type: "CNAME", values: "web.example.net" }),
    'DnsRecord "wiki": values is "web.example.net": end it with a dot ("web.example.net."), or use one label relative to home.arpa',
  ],
  [
    "a preference past 16 bits",
    record({ type: "MX", values: { preference: 65536, exchange: "mail" } }),
    'DnsRecord "wiki": values.preference is 65536: use 0-65535',
  ],
  [
    "a mail server by address",
    record({ type: "MX", values: { preference: 1, exchange: "10.77.0.5" } }),
    'DnsRecord "wiki": values.exchange is "10.77.0.5": use a name, not an address: the last label has to have a letter',
  ],
  [
    "a service without a protocol",
    record({
      name: "_ldap",
      type: "SRV",
      values: { priority: 0, weight: 0, port: 389, target: "ldap" },
    }),
    'DnsRecord "wiki": name is "_ldap": start with the service and protocol, as in _ldap._tcp (RFC 2782)',
  ],
  [
    "a service on no port",
    record({
      name: "_ldap._tcp",
      type: "SRV",
      values: { priority: 0, weight: 0, port: 70000, target: "ldap" },
    }),
    'DnsRecord "wiki": values.port is 70000: use 1-65535',
  ],
  [
    "an unknown CAA tag",
    record({ type: "CAA", values: { tag: "allow", value: "x" } }),
    'DnsRecord "wiki": values.tag is "allow": use issue, issuewild or iodef',
  ],
  [
    "a quote in a CAA value",
    record({ type: "CAA", values: { tag: "issue", value: 'a" 0 issue "b' } }),
    'DnsRecord "wiki": values.value is "a\\" 0 issue \\"b": use printable ASCII without quotes and backslashes, such as letsencrypt.org',
  ],
  [
    "a null character in a text",
    record({ type: "TXT", values: "a\0b" }),
    'DnsRecord "wiki": values is "a\\u0000b": leave out the null character',
  ],
  [
    "the same name and type twice",
    () => {
      const home = zone();
      const args = { zone: home, type: "A" as const, values: "10.77.0.5" };
      new DnsRecord("one", { ...args, name: "wiki" });
      new DnsRecord("wiki", args);
    },
    'DnsRecord "wiki": name is "wiki": wiki.home.arpa has A records in this program already: list all values in one place',
  ],
  [
    "a CNAME beside another record",
    () => {
      const home = zone();
      new DnsRecord("one", { zone: home, name: "wiki", type: "TXT", values: "x" });
      new DnsRecord("wiki", { zone: home, type: "CNAME", values: "web" });
    },
    'DnsRecord "wiki": name is "wiki": wiki.home.arpa has other records (TXT): a CNAME stands alone (RFC 1034, section 3.6.2)',
  ],
  [
    "the name server's own name",
    record({ name: "ns1" }),
    'DnsRecord "wiki": name is "ns1": ns1.home.arpa has A records in this program already: list all values in one place',
  ],
];
