import { NginxProxy, ProxiedSite } from "../../../../components";
import { edge, host } from "../lab-parts";
import { type Row, ca, proxy, site, wrong } from "./spoilt";

export const sites: Row[] = [
  [
    "an authority with no name",
    ca({ commonName: " " }),
    'LabCa "ca": commonName is " ": use a text of 1-64 characters on one line, without space at its ends',
  ],
  [
    "a certificate that is renewed at once",
    ca({ certificateDays: 20 }),
    'LabCa "ca": renewBeforeDays is 30: use less than certificateDays (20), or each certificate is renewed at once',
  ],
  [
    "an authority valid for no day",
    ca({ validityDays: 0 }),
    'LabCa "ca": validityDays is 0: use 1-36500',
  ],
  [
    "a proxy's address by name",
    proxy({ address: "proxy.home.arpa" }),
    'NginxProxy "proxy": address is "proxy.home.arpa": use an IPv4 or IPv6 address such as 10.77.0.53 or fd00:77::53',
  ],
  [
    "too few connections",
    proxy({ workerConnections: 10 }),
    'NginxProxy "proxy": workerConnections is 10: use 64-65536',
  ],
  [
    "a host name without a domain",
    site({ hostname: "wiki" }),
    'ProxiedSite "wiki": hostname is "wiki": use a name with its domain, such as wiki.home.arpa',
  ],
  [
    "a host name with a path",
    site({ hostname: "wiki.home.arpa/x" }),
    'ProxiedSite "wiki": hostname is "wiki.home.arpa/x": use letters, digits and hyphens, with dots between the labels',
  ],
  [
    "a host name that ends the directive",
    site({ hostname: "wiki.home.arpa; return 200" }),
    'ProxiedSite "wiki": hostname is "wiki.home.arpa; return 200": use letters, digits and hyphens, with dots between the labels',
  ],
  [
    "a wildcard host name",
    site({ hostname: "*.home.arpa" }),
    'ProxiedSite "wiki": hostname is "*.home.arpa": use one name: no * here',
  ],
  [
    "an international host name",
    site({ hostname: "bücher.home.arpa" }),
    'ProxiedSite "wiki": hostname is "bücher.home.arpa": use the ASCII form xn--bcher-kva.home.arpa: DNS carries no other letters',
  ],
  [
    "a site without a zone",
    site({ hostname: "wiki.example.net" }),
    'ProxiedSite "wiki": hostname is "wiki.example.net": use a name in home.arpa, or dns: false when its name is made elsewhere',
  ],
  [
    "a site of a proxy without zones",
    () =>
      site({ proxy: new NginxProxy("bare", { host: host("bare"), certificates: edge().ca }) })(),
    'ProxiedSite "wiki": hostname is "wiki.home.arpa": give the proxy a zone, or the site dns: false when its name is made elsewhere',
  ],
  [
    "a port past 65535",
    site({ upstream: { address: "10.77.0.90", port: 80800 } }),
    'ProxiedSite "wiki": upstream.port is 80800: use 1-65535',
  ],
  [
    "a port as a text",
    site({ upstream: { address: "10.77.0.90", port: wrong("8080") } }),
    'ProxiedSite "wiki": upstream.port is "8080": use 1-65535',
  ],
  [
    "an upstream by name",
    site({ upstream: { address: "app.home.arpa", port: 80 } }),
    'ProxiedSite "wiki": upstream.address is "app.home.arpa": use an IPv4 or IPv6 address such as 10.77.0.53 or fd00:77::53',
  ],
  [
    "an upstream that is nowhere",
    site({ upstream: { port: 80 } }),
    'ProxiedSite "wiki": upstream.address is missing: give the server\'s host or its address',
  ],
  [
    "nothing to show",
    site({ upstream: undefined }),
    'ProxiedSite "wiki": upstream is missing: say what the site shows: upstream, passthrough, files or root',
  ],
  [
    "two things to show",
    site({ root: "/srv/www" }),
    'ProxiedSite "wiki": root is "/srv/www": leave it out: the site has upstream already',
  ],
  [
    "a relative root",
    site({ upstream: undefined, root: "srv/www" }),
    'ProxiedSite "wiki": root is "srv/www": use an absolute path such as /etc/motd',
  ],
  [
    "a root with a variable of nginx",
    site({ upstream: undefined, root: "/srv/$host" }),
    'ProxiedSite "wiki": root is "/srv/$host": use letters, digits, . _ - + @ and spaces',
  ],
  [
    "a file that climbs out",
    site({ upstream: undefined, files: { "../../etc/passwd": "x" } }),
    'ProxiedSite "wiki": files is "../../etc/passwd": leave out . and ..',
  ],
  [
    "a body limit below zero",
    site({ maxBodyMiB: -1 }),
    'ProxiedSite "wiki": maxBodyMiB is -1: use a whole number of MiB, 0-1048576',
  ],
  [
    "a time-out of no seconds",
    site({ timeoutSeconds: 0 }),
    'ProxiedSite "wiki": timeoutSeconds is 0: use a whole number of seconds, 1-86400',
  ],
  [
    "a setting with a block in its name",
    site({ settings: { "a{}": "x" } }),
    'ProxiedSite "wiki": settings.a{} is "x": use the name of a directive, such as proxy_buffering',
  ],
  [
    "a setting on two lines",
    site({ settings: { add_header: ["X", "a\nb"] } }),
    'ProxiedSite "wiki": settings.add_header is "a\\nb": use a text on one line, or a list of them for several arguments',
  ],
  [
    "a setting the site makes",
    site({ settings: { listen: "80" } }),
    'ProxiedSite "wiki": settings.listen is "80": leave it out: the site sets it by its own arguments',
  ],
  [
    "a body limit on what is passed through",
    site({ upstream: undefined, passthrough: { address: "10.77.0.90", port: 443 }, maxBodyMiB: 1 }),
    'ProxiedSite "wiki": maxBodyMiB: leave it out: the proxy does not look into what it passes through',
  ],
  [
    "a site without an authority",
    () => {
      const { lan: home } = edge();
      site({ proxy: new NginxProxy("bare", { host: host("bare"), zone: home }) })();
    },
    'ProxiedSite "wiki": certificates is missing: give an authority, here or on the proxy: TLS ends there',
  ],
  [
    "duplicate sites",
    () => {
      const { proxy: one } = edge();
      new ProxiedSite("first", {
        proxy: one,
        hostname: "wiki.home.arpa",
        passthrough: { address: "10.77.0.90", port: 443 },
      });
      site({ proxy: one, hostname: "WIKI.home.arpa" })();
    },
    'ProxiedSite "wiki": hostname is "WIKI.home.arpa": site "first" of this proxy has it: use another name',
  ],
  [
    "an alias that is the name itself",
    site({ aliases: ["Wiki.home.arpa"] }),
    'ProxiedSite "wiki": aliases[0] is "Wiki.home.arpa": leave out what is there twice',
  ],
  [
    "a name that a machine has",
    site({ hostname: "ns1.home.arpa" }),
    'ProxiedSite "wiki": hostname is "ns1.home.arpa": ns1.home.arpa has A records in this program already: list all values in one place',
  ],
];
