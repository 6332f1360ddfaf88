import * as pulumi from "@pulumi/pulumi";
import { tls } from "../../resources";
import { IssueList } from "../../validation/checker";
import { integerBetween } from "../../validation/number";
import type { Host } from "../host/host";
import { refuse } from "../refuse";
import type {
  CertificateAuthority,
  CertificateAuthorityHandle,
  CertificateSpec,
  IssuedCertificate,
} from "./certificate-authority";

/** Arguments of `LabCa`. */
export interface LabCaArgs {
  /** The machine that keeps the authority's key. */
  host: Host;
  /** Name people see in the certificate, at most 64 characters. A change replaces the authority. Default `Lab CA`. */
  commonName?: string;
  /** Days the authority is valid. A change replaces the authority. Default 3650. */
  validityDays?: number;
  /** Days the certificates it signs are valid. Default 90. */
  certificateDays?: number;
  /** Days before its end that `pulumi up` renews a certificate. Default 30. */
  renewBeforeDays?: number;
}

/**
 * The lab's own certificate authority. Its key is made on one machine and never leaves it; each certificate's key is
 * made on the machine that uses it. Trust `certificatePem` once, and every site of the lab is verified.
 *
 * ```ts
 * const ca = new LabCa("ca", { host: netvm.host });
 * ```
 */
export class LabCa extends pulumi.ComponentResource implements CertificateAuthority {
  readonly certificatePem: pulumi.Output<string>;
  readonly handle: pulumi.Output<CertificateAuthorityHandle>;
  private readonly authority: tls.Authority;

  constructor(
    name: string,
    private readonly args: LabCaArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("labwright:tls:LabCa", name, {}, options);
    refuse(this, `LabCa ${JSON.stringify(name)}`, checkAuthority(name, args).issues);

    this.authority = new tls.Authority(
      name,
      {
        host: args.host.connection,
        name,
        commonName: args.commonName ?? "Lab CA",
        validityDays: args.validityDays ?? 3650,
      },
      args.host.options({ parent: this, dependsOn: [args.host.package("openssl")] }),
    );
    this.certificatePem = this.authority.certificatePem;
    this.handle = this.certificatePem.apply((certificatePem) => ({
      type: "labwright:CertificateAuthority" as const,
      version: 1 as const,
      provider: "lab",
      name,
      certificatePem,
    }));
    this.registerOutputs({ certificatePem: this.certificatePem });
  }

  issue(
    resourceName: string,
    spec: CertificateSpec,
    options?: pulumi.CustomResourceOptions,
  ): IssuedCertificate {
    const certificate = new tls.Certificate(
      resourceName,
      {
        host: spec.host.connection,
        name: spec.name,
        authority: {
          host: this.args.host.connection,
          name: this.authority.name,
          certificatePem: this.authority.certificatePem,
        },
        dnsNames: spec.dnsNames,
        ipAddresses: spec.ipAddresses,
        validityDays: this.args.certificateDays ?? 90,
        renewBeforeDays: this.args.renewBeforeDays ?? 30,
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

function checkAuthority(name: string, args: LabCaArgs): IssueList {
  const issues = new IssueList();
  issues.check("name", name, (value) =>
    /^[a-z0-9][a-z0-9.-]{0,62}$/.test(value as string)
      ? undefined
      : "use lower-case letters, digits, . and -: it names files on the host",
  );
  // RFC 5280, appendix A.1: ub-common-name is 64.
  issues.checkOptional("commonName", args.commonName, (value) =>
    typeof value === "string" && /^[^\p{Cc}\p{Cs}]{1,64}$/u.test(value) && value.trim() === value
      ? undefined
      : "use a text of 1-64 characters on one line, without space at its ends",
  );
  issues.checkOptional("validityDays", args.validityDays, integerBetween(1, 36500));
  const days = args.certificateDays ?? 90;
  const valid = issues.checkOptional(
    "certificateDays",
    args.certificateDays,
    integerBetween(1, 3650),
  );
  if (
    issues.checkOptional("renewBeforeDays", args.renewBeforeDays, integerBetween(0, 3649)) &&
    valid &&
    (args.renewBeforeDays ?? 30) >= days
  )
    issues.add(
      "renewBeforeDays",
      args.renewBeforeDays ?? 30,
      `use less than certificateDays (${days}), or each certificate is renewed at once`,
    );
  return issues;
}
