/**
 * A home: a name server, a reverse proxy, a database server and an application server, and three sites on them. What
 * the Proxmox node is called and has is in Pulumi.home.yaml.
 */
import {
  BindServer,
  DnsRecord,
  LabCa,
  NginxProxy,
  offer,
  PgDatabase,
  PostgresServer,
  ProxiedSite,
  proxmoxFromConfig,
  Vm,
} from "../components";
import { installApplication, page } from "./home/application";
import { useDatabase } from "./home/database-client";

const pve = proxmoxFromConfig();

// Names first: everything else is found through this machine.
const netvm = new Vm("netvm1", { on: pve, address: "10.77.0.53/24", bootTier: "names" });
const dns = new BindServer("dns", { host: netvm.host });
const lan = dns.zone("home.arpa", { reverse: "10.77.0.0/24", nameServer: "netvm1" });
const ca = new LabCa("ca", { host: netvm.host, commonName: "Home CA" });

// A machine that is given a zone gets its address and PTR records by itself.
const webvm = new Vm("webvm1", { on: pve, address: "10.77.0.80/24", zone: lan });
const appvm = new Vm("appvm1", { on: pve, address: "10.77.0.90/24", zone: lan });
installApplication(appvm.host, ca);

// A database for exactly one machine, with a password that nobody has to know.
const datavm = new Vm("datavm1", {
  on: pve,
  address: "10.77.0.70/24",
  zone: lan,
  bootTier: "storage",
});
const pg = new PostgresServer("pg", { host: datavm.host, version: 15 });
const guestbook = new PgDatabase("guestbook", {
  server: pg,
  allowFrom: [appvm],
  protect: false, // it has nothing yet that one would miss: leave this line out for data that matters
});
useDatabase(appvm.host, guestbook);

new DnsRecord("greeting", { zone: lan, name: "@", type: "TXT", values: "Welcome home" });

// One address for all sites. TLS ends at the proxy, with a certificate of the home's own authority ...
const proxy = new NginxProxy("proxy", { host: webvm.host, zone: lan, certificates: ca });
const wiki = new ProxiedSite("wiki", {
  proxy,
  hostname: "wiki.home.arpa",
  upstream: { host: appvm, port: 8080 },
});
// ... or is passed through to a server that has one itself.
const git = new ProxiedSite("git", {
  proxy,
  hostname: "git.home.arpa",
  passthrough: { host: appvm, port: 8443 },
});
const www = new ProxiedSite("www", {
  proxy,
  hostname: "www.home.arpa",
  files: { "index.html": page("A lab at home") },
});

export const nameServer = netvm.address;
export const machines = {
  netvm1: netvm.address,
  webvm1: webvm.address,
  datavm1: datavm.address,
  appvm1: appvm.address,
};
export const sites = { wiki: wiki.url, git: git.url, www: www.url };
export const caCertificate = ca.certificatePem;

/** What other stacks may build on. The lab is not destroyed under them. */
export const handles = offer({ lan, proxy, ca, pg, app: appvm.host });
