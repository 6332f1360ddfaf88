/** One component of each sort with good arguments, to be spoilt by the changes. */
import {
  BindServer,
  type BindServerArgs,
  type BindZoneArgs,
  DnsRecord,
  type DnsRecordArgs,
  existingHost,
  type ExistingHostArgs,
  GaneshaServer,
  type GaneshaServerArgs,
  KernelNfsServer,
  type KernelNfsServerArgs,
  LabCa,
  type LabCaArgs,
  NginxProxy,
  NfsMount,
  type NfsMountArgs,
  NfsShare,
  type NfsShareArgs,
  type NginxProxyArgs,
  PgDatabase,
  type PgDatabaseArgs,
  PostgresServer,
  type PostgresServerArgs,
  ProxiedSite,
  type ProxiedSiteArgs,
  ProxmoxNode,
  type ProxmoxNodeArgs,
  Vm,
  type VmArgs,
} from "../../../../components";
import { edge, host, node, publicKey, server, zone } from "../lab-parts";

/** What is refused, by which program, with which words. */
export type Row = [fact: string, program: () => unknown, message: string];

/** A value that types would refuse, as it may come from configuration or from JavaScript. */
export const wrong = <T>(value: unknown): T => value as T;

export const vm = (changes: Partial<VmArgs>) => () =>
  new Vm("web", { on: node(), address: "10.77.0.80/24", ...changes });
export const pve = (changes: Partial<ProxmoxNodeArgs>) => () =>
  new ProxmoxNode({ node: "pve1", ...changes });
export const existing = (changes: Partial<ExistingHostArgs>) => () =>
  existingHost({ name: "nas", address: "10.77.0.20", hostKey: publicKey, ...changes });
export const bind = (changes: Partial<BindServerArgs>) => () =>
  new BindServer("dns", { host: host(), ...changes });
export const lan =
  (name: string, changes: Partial<BindZoneArgs> = {}) =>
  () =>
    server().zone(name, changes);
export const record = (args: object) => () =>
  new DnsRecord("wiki", {
    zone: zone(),
    type: "A",
    values: "10.77.0.80",
    ...args,
  } as DnsRecordArgs);
export const ca = (changes: Partial<LabCaArgs>) => () =>
  new LabCa("ca", { host: host(), ...changes });
export const proxy = (changes: Partial<NginxProxyArgs>) => () =>
  new NginxProxy("proxy", { host: host(), ...changes });
export const site = (changes: Partial<ProxiedSiteArgs>) => () =>
  new ProxiedSite("wiki", {
    proxy: changes.proxy ?? edge().proxy,
    hostname: "wiki.home.arpa",
    upstream: { address: "10.77.0.90", port: 8080 },
    ...changes,
  });
export const postgres = (changes: Partial<PostgresServerArgs>) => () =>
  new PostgresServer("pg", { host: host(), ...changes });
export const database = (changes: Partial<PgDatabaseArgs>) => () =>
  new PgDatabase("gitea", {
    server: changes.server ?? new PostgresServer("pg", { host: host() }),
    ...changes,
  });
export const kernelNfs = (changes: Partial<KernelNfsServerArgs>) => () =>
  new KernelNfsServer("nfs", { host: host(), ...changes });
export const ganesha = (changes: Partial<GaneshaServerArgs>) => () =>
  new GaneshaServer("nfs", { host: host(), ...changes });
export const share = (changes: Partial<NfsShareArgs>) => () =>
  new NfsShare("media", {
    server: changes.server ?? new KernelNfsServer("nfs", { host: host() }),
    path: "/srv/media",
    clients: ["10.77.0.90"],
    ...changes,
  });
export const mount = (changes: Partial<NfsMountArgs>) => () =>
  new NfsMount("media", {
    host: host(),
    at: "/media",
    server: changes.share ? undefined : "10.77.0.20",
    path: changes.share ? undefined : "/srv/media",
    ...changes,
  });
