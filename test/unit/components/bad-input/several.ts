import { type Row, vm, lan, record, site } from "./spoilt";

export const several: Row[] = [
  [
    "all of a machine's problems",
    vm({ address: "10.77.0.80", cores: 0, memoryMiB: 1, tags: ["A", "b c"] }),
    `Vm "web": 5 problems
  - address is "10.77.0.80": use an IPv4 address with its prefix length, such as 10.77.0.53/24
  - memoryMiB is 1: use a whole number of MiB, 128-4194304
  - cores is 0: use 1-512
  - tags[0] is "A": use lower-case letters, digits, _, -, + and .
  - tags[1] is "b c": use lower-case letters, digits, _, -, + and .`,
  ],
  [
    "all of a record's problems",
    record({ name: "a b", values: ["10.77.0.256", "10.77.0.1"], ttl: 1.5 }),
    `DnsRecord "wiki": 3 problems
  - name is "a b": use letters, digits and hyphens, with dots between the labels
  - values[0] is "10.77.0.256": use an IPv4 address such as 10.77.0.53
  - ttl is 1.5: use a number of seconds, 0-2147483647, such as 3600`,
  ],
  [
    "all of a site's problems",
    site({ hostname: "wiki", upstream: { address: "app", port: 0 }, timeoutSeconds: -1 }),
    `ProxiedSite "wiki": 4 problems
  - hostname is "wiki": use a name with its domain, such as wiki.home.arpa
  - upstream.port is 0: use 1-65535
  - upstream.address is "app": use an IPv4 or IPv6 address such as 10.77.0.53 or fd00:77::53
  - timeoutSeconds is -1: use a whole number of seconds, 1-86400`,
  ],
  [
    "all of a zone's problems",
    lan("home.arpa", {
      reverse: ["10.0.0.0/9", "10.77.0.0/24", "10.77.0.0/24"],
      soa: { refresh: -1 },
    }),
    `BindZone "dns-home.arpa": 3 problems
  - reverse[0] is "10.0.0.0/9": use /8, /16 or /24: this one is 128 networks of /16, list those you need, from 10.0.0.0/16 on
  - reverse[2] is "10.77.0.0/24": leave out what is there twice
  - soa.refresh is -1: use a whole number of seconds, 0-2147483647`,
  ],
];
