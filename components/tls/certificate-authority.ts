import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host/host";

/** An authority as plain data. Fit to be a stack's output. */
export interface CertificateAuthorityHandle {
  type: "labwright:CertificateAuthority";
  version: 1;
  /** Which implementation it is, e.g. `lab`. */
  provider: string;
  /** Name of the authority. */
  name: string;
  /** Its certificate, for those who are to trust it. */
  certificatePem: string;
}

/** What a certificate is wanted for. */
export interface CertificateSpec {
  /** The machine that uses it; the key is made there and stays there. */
  host: Host;
  /** Name of its files on that host. */
  name: string;
  /** Names it is for, the first one being its common name. */
  dnsNames: string[];
  /** Addresses it is for. Default none. */
  ipAddresses?: string[];
  /** Service on that host to reload when it was renewed. Default none. */
  reload?: string;
}

/** A certificate in place. */
export interface IssuedCertificate {
  /** The one thing to depend on. */
  resource: pulumi.Resource;
  /** Path of the certificate with its chain, on the host. */
  certificatePath: pulumi.Output<string>;
  /** Path of the private key, on the host. */
  keyPath: pulumi.Output<string>;
}

/** Contract of a certificate authority: what proxies and services need of one. `LabCa` fulfils it. */
export interface CertificateAuthority {
  /** Its certificate in PEM, for those who are to trust it. */
  readonly certificatePem: pulumi.Output<string>;
  readonly handle: pulumi.Output<CertificateAuthorityHandle>;
  /** Puts a certificate on a host and keeps it renewed. The caller has validated the names. */
  issue(
    resourceName: string,
    spec: CertificateSpec,
    options?: pulumi.CustomResourceOptions,
  ): IssuedCertificate;
}
