/**
 * A lab to begin with: one machine that has names, certificates and a site. How Proxmox is reached comes from the
 * configuration (`pulumi config set --secret proxmox:apiToken ...`) or the environment (PROXMOX_VE_ENDPOINT, ...).
 */
import * as pulumi from "@pulumi/pulumi";
import {
  BindServer,
  LabCa,
  NginxProxy,
  offer,
  ProxiedSite,
  proxmoxFromConfig,
  Vm,
} from "labwright";

const config = new pulumi.Config();
const domain = config.require("domain");

const vm = new Vm("lab1", { on: proxmoxFromConfig(), address: config.require("address") });

const dns = new BindServer("dns", { host: vm.host });
const lan = dns.zone(domain, { nameServer: "lab1" });
const ca = new LabCa("ca", { host: vm.host });
const proxy = new NginxProxy("proxy", { host: vm.host, zone: lan, certificates: ca });

const www = new ProxiedSite("www", {
  proxy,
  hostname: `www.${domain}`,
  files: { "index.html": "<!doctype html><title>My lab</title><h1>My lab</h1>\n" },
});

export const nameServer = vm.address;
export const site = www.url;
/** Trust it on your devices. */
export const caCertificate = ca.certificatePem;
/** What other stacks may build on. */
export const handles = offer({ lan, proxy, ca, vm: vm.host });
