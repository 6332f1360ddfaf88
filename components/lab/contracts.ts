import type * as pulumi from "@pulumi/pulumi";
import { postgresServerFromHandle } from "../database/postgres-server-from-handle";
import { dnsZoneFromHandle } from "../dns/dns-zone-from-handle";
import type { Handle, HandleContract } from "../handle";
import { hostFromHandle } from "../host/host-from-handle";
import { reverseProxyFromHandle } from "../proxy/reverse-proxy-from-handle";
import { nfsShareFromHandle } from "../storage/mountable-share";
import { nfsServerFromHandle } from "../storage/nfs-server-from-handle";
import { certificateAuthorityFromHandle } from "../tls/certificate-authority-from-handle";

/** All contracts that cross stacks. A new one is one more `...FromHandle` beside it, and one line here. */
const contracts = [
  hostFromHandle,
  dnsZoneFromHandle,
  certificateAuthorityFromHandle,
  reverseProxyFromHandle,
  postgresServerFromHandle,
  nfsServerFromHandle,
  nfsShareFromHandle,
];

type KnownContract = (typeof contracts)[number];

/** What the handle of a type stands for: a `DnsZone` for `labwright:DnsZone`. */
export type ContractByType = {
  [K in KnownContract as K["type"]]: K extends HandleContract<infer C> ? C : never;
};

/** What a stack's handles stand for, by the names it gave them. */
export type Contracts<Handles> = {
  readonly [Name in keyof Handles]: pulumi.Unwrap<Handles[Name]> extends {
    type: infer T extends keyof ContractByType;
  }
    ? ContractByType[T]
    : never;
};

/** The contract of a handle, if this version knows it. */
export function contractOf(handle: Handle): HandleContract<unknown> | undefined {
  return contracts.find(({ type }) => type === handle.type);
}

/** Types of all handles that this version knows. */
export const handleTypes: readonly string[] = contracts.map(({ type }) => type);
