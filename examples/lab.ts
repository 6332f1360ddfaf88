/** A lab on a Proxmox node of one's own: names, a proxy, a site. */
import {
  BindServer,
  DnsRecord,
  type DnsZone,
  LabCa,
  NginxProxy,
  ProxiedSite,
  ProxmoxNode,
  Vm,
} from "../components";

export function lab(key: string) {
  const pve = new ProxmoxNode({
    node: "pve1",
    template: 9000,
    gateway: "10.77.0.1",
    authorizedKeys: [key],
  });

  const netvm = new Vm("netvm1", { on: pve, address: "10.77.0.53/24", bootTier: "names" });
  const dns = new BindServer("dns", { host: netvm.host, forwarders: ["9.9.9.9"] });
  const lan = dns.zone("home.arpa", { reverse: "10.77.0.0/24" });

  const webvm = new Vm("webvm1", { on: pve, address: "10.77.0.80/24", zone: lan });
  const appvm = new Vm("appvm1", { on: pve, address: "10.77.0.90/24", zone: lan });

  const ca = new LabCa("ca", { host: netvm.host });
  const proxy = new NginxProxy("proxy", { host: webvm.host, zone: lan, certificates: ca });
  new ProxiedSite("wiki", {
    proxy,
    hostname: "wiki.home.arpa",
    upstream: { host: appvm, port: 8080 },
  });

  records(lan);
  return { caCertificate: ca.certificatePem, lan: lan.handle };
}

/** Records of several types. */
function records(zone: DnsZone) {
  new DnsRecord("mail", {
    zone,
    name: "@",
    type: "MX",
    values: { preference: 10, exchange: "mail" },
  });
  new DnsRecord("mail-a", { zone, name: "mail", type: "A", values: ["10.77.0.25", "10.77.0.26"] });
  new DnsRecord("spf", { zone, name: "@", type: "TXT", values: "v=spf1 mx -all", ttl: 300 });
  new DnsRecord("ldap", {
    zone,
    name: "_ldap._tcp",
    type: "SRV",
    values: { priority: 0, weight: 0, port: 389, target: "dc1.example.net." },
  });
}
