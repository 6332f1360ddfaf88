/** The parts that tests of components are built from. Each call makes new ones. */
import {
  BindServer,
  type BindZone,
  existingHost,
  type Host,
  LabCa,
  NginxProxy,
  ProxmoxNode,
  type ProxmoxNodeArgs,
} from "../../../components";
import type { RecordedResource } from "../../../testing";

/** A public key whose blob names its type; nobody has the private one. */
export const publicKey =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFxDEUF8uLwp4LFe2YmGTZVKj2Wg9cFDXcJcK7dqUQ0f test";

export const node = (changes: Partial<ProxmoxNodeArgs> = {}): ProxmoxNode =>
  new ProxmoxNode({
    node: "pve1",
    datastore: "local",
    template: 9000,
    gateway: "10.77.0.1",
    nameServers: ["10.77.0.53"],
    authorizedKeys: [publicKey],
    ...changes,
  });

export const host = (name = "box", address = "10.77.0.7"): Host =>
  existingHost({ name, address, hostKey: publicKey });

export const server = (on: Host = host("ns", "10.77.0.53")): BindServer =>
  new BindServer("dns", { host: on });

export const zone = (dns: BindServer = server()): BindZone =>
  dns.zone("home.arpa", { reverse: ["10.77.0.0/24", "fd00:77::/64"] });

export interface Edge {
  dns: BindServer;
  lan: BindZone;
  ca: LabCa;
  proxy: NginxProxy;
}

/** A proxy with zone and authority. */
export function edge(): Edge {
  const dns = server();
  const lan = zone(dns);
  const web = host("web", "10.77.0.80");
  const ca = new LabCa("ca", { host: web });
  return {
    dns,
    lan,
    ca,
    proxy: new NginxProxy("proxy", { host: web, zone: lan, certificates: ca }),
  };
}

/** Inputs but for the host, which is the same for all on it. */
export function inputsOf(resource: RecordedResource): Record<string, unknown> {
  return Object.fromEntries(Object.entries(resource.inputs).filter(([name]) => name !== "host"));
}
