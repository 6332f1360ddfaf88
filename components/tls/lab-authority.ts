import type * as pulumi from "@pulumi/pulumi";
import { tls } from "../../resources";
import type { Host, HostHandle } from "../host/host";
import type {
  CertificateAuthority,
  CertificateAuthorityHandle,
  CertificateSpec,
  IssuedCertificate,
} from "./certificate-authority";

/** A `LabCa` as plain data. */
export interface LabCaHandle extends CertificateAuthorityHandle {
  provider: "lab";
  /** The machine that keeps the authority's key. */
  host: HostHandle;
  /** Days the certificates it signs are valid. */
  certificateDays: number;
  /** Days before its end that a certificate is renewed. */
  renewBeforeDays: number;
}

/** What is signed with. */
export interface LabAuthorityArgs {
  host: Host;
  name: pulumi.Input<string>;
  certificatePem: pulumi.Output<string>;
  certificateDays: number;
  renewBeforeDays: number;
  handle: pulumi.Output<CertificateAuthorityHandle>;
}

/** An authority whose key is on a host, of this stack or another. */
export class LabAuthority implements CertificateAuthority {
  readonly certificatePem: pulumi.Output<string>;
  readonly handle: pulumi.Output<CertificateAuthorityHandle>;

  constructor(private readonly args: LabAuthorityArgs) {
    this.certificatePem = args.certificatePem;
    this.handle = args.handle;
  }

  issue(
    resourceName: string,
    spec: CertificateSpec,
    options?: pulumi.CustomResourceOptions,
  ): IssuedCertificate {
    const { host, name, certificatePem, certificateDays, renewBeforeDays } = this.args;
    const certificate = new tls.Certificate(
      resourceName,
      {
        host: spec.host.connection,
        name: spec.name,
        authority: { host: host.connection, name, certificatePem },
        dnsNames: spec.dnsNames,
        ipAddresses: spec.ipAddresses,
        validityDays: certificateDays,
        renewBeforeDays,
        reload: spec.reload,
      },
      spec.host.options({ ...options, dependsOn: [spec.host.package("openssl")] }),
    );
    return {
      resource: certificate,
      certificatePath: certificate.certificatePath,
      keyPath: certificate.keyPath,
    };
  }
}
