import { NspawnMachine, type NspawnMachineArgs } from "../../../../components";
import { host } from "../lab-parts";
import { type Row, wrong } from "./spoilt";

const container =
  (changes: Partial<NspawnMachineArgs>, name = "web") =>
  () =>
    new NspawnMachine(name, { on: changes.on ?? host(), image: { suite: "bookworm" }, ...changes });
const said = (words: string) => `NspawnMachine "web": ${words}`;
const linked = { network: { bridge: "br0" } };

export const containers: Row[] = [
  [
    "a name with a space",
    container({}, "my web"),
    'NspawnMachine "my web": name is "my web": use letters, digits and hyphens, with dots between the labels',
  ],
  [
    "a container's name that leads elsewhere",
    container({ containerName: "../etc" }),
    said('containerName is "../etc": leave out the empty label between two dots'),
  ],
  [
    "no image",
    container({ image: wrong({}) }),
    said("image is missing: say what it is made from: { suite }, { archive, sha256 } or { clone }"),
  ],
  [
    "two images",
    container({ image: wrong({ suite: "bookworm", clone: "base" }) }),
    said(
      'image is ["suite","clone"]: say what it is made from: { suite }, { archive, sha256 } or { clone }',
    ),
  ],
  [
    "a release with a capital",
    container({ image: { suite: "Bookworm" } }),
    said('image.suite is "Bookworm": use the name of a release, such as bookworm'),
  ],
  [
    "two packages in one name",
    container({ image: { suite: "bookworm", packages: ["nginx,vim"] } }),
    said('image.packages[0] is "nginx,vim": use the name of a package such as bind9'),
  ],
  [
    "an archive of a relative path",
    container({ image: { archive: "root.tar", sha256: "0".repeat(64) } }),
    said(
      'image.archive is "root.tar": use an absolute path on the host, or a URL such as https://example.net/root.tar.xz',
    ),
  ],
  [
    "an archive without its digest",
    container({ image: wrong({ archive: "/srv/root.tar" }) }),
    said(
      "image.sha256 is missing: use 64 hexadecimal digits in lower case, as sha256sum prints them",
    ),
  ],
  [
    "a clone of a container elsewhere",
    () => {
      const other = new NspawnMachine("base", {
        on: host("other", "10.77.0.8"),
        image: { suite: "bookworm" },
      });
      container({ image: { clone: other } })();
    },
    said('image.clone is "base": use a container on the same host, box: it is on other'),
  ],
  [
    "two containers of one name",
    () => {
      const on = host();
      container({ on })();
      container({ on, containerName: "web" }, "other")();
    },
    'NspawnMachine "other": containerName is "web": container "web" of this host has it: use another',
  ],
  [
    "an address without a network",
    container({ address: "10.77.0.95/24" }),
    said(
      'address is "10.77.0.95/24": leave it out, or give a network: the container shares the host\'s',
    ),
  ],
  [
    "an address without a prefix length",
    container({ ...linked, address: "10.77.0.95" }),
    said(
      'address is "10.77.0.95": use an IPv4 address with its prefix length, such as 10.77.0.53/24',
    ),
  ],
  [
    "a gateway elsewhere",
    container({ ...linked, address: "10.77.0.95/24", gateway: "10.78.0.1" }),
    said('gateway is "10.78.0.1": use an address in the container\'s own network (10.77.0.95/24)'),
  ],
  [
    "a gateway without an address",
    container({ ...linked, gateway: "10.77.0.1" }),
    said('gateway is "10.77.0.1": leave it out without an address: DHCP tells the gateway'),
  ],
  [
    "two networks",
    container({ network: { bridge: "br0", zone: "lan" } }),
    said('network.zone is "lan": leave it out: it has network.bridge already'),
  ],
  [
    "a bridge with too long a name",
    container({ network: { bridge: "a-bridge-much-too-long" } }),
    said(
      'network.bridge is "a-bridge-much-too-long": use the name of an interface, at most 15 characters, such as br0',
    ),
  ],
  [
    "a port past 65535",
    container({ network: {}, ports: [{ host: 70000 }] }),
    said("ports[0].host is 70000: use 1-65535"),
  ],
  [
    "a port twice",
    container({ network: {}, ports: [{ host: 80 }, { host: 80, container: 8080 }] }),
    said("ports[1].host is 80: use another: ports[0] has it"),
  ],
  [
    "a relative bind",
    container({ binds: { srv: "/srv" } }),
    said('binds is "srv": use an absolute path such as /etc/motd'),
  ],
  [
    "a bind of a path on two lines",
    container({ binds: { "/srv": { source: "/srv\n[Exec]" } } }),
    said('binds./srv.source is "/srv\\n[Exec]": leave out control characters'),
  ],
  [
    "no memory",
    container({ limits: { memoryMaxMiB: 0 } }),
    said("limits.memoryMaxMiB is 0: use a whole number of MiB, 16-4194304"),
  ],
  [
    "a variable with a space in its name",
    container({ environment: { "A B": "x" } }),
    said('environment is "A B": use the name of a variable, such as LANG'),
  ],
  [
    "a variable on two lines",
    container({ environment: { A: "x\nBind=/:/host" } }),
    said('environment.A is "x\\nBind=/:/host": leave out control characters'),
  ],
  [
    "a section that there is not",
    container({ settings: { Service: { MemoryMax: "1G" } } }),
    said('settings is "Service": use a section of systemd.nspawn(5): Exec, Network, Files'),
  ],
  [
    "a setting that an argument sets",
    container({ settings: { Exec: { Hostname: "x" } } }),
    said('settings.Exec.Hostname is "x": leave it out: hostName sets it'),
  ],
  [
    "a setting that goes on in the next line",
    container({ settings: { Exec: { Timezone: "off\\" } } }),
    said('settings.Exec.Timezone is "off\\\\": leave out the backslash at its end'),
  ],
  [
    "several things at once",
    container({ hostName: "a b", limits: { cpuWeight: 0 } }),
    [
      'NspawnMachine "web": 2 problems',
      '  - hostName is "a b": use letters, digits and hyphens, with dots between the labels',
      "  - limits.cpuWeight is 0: use 1-10000",
    ].join("\n"),
  ],
];
