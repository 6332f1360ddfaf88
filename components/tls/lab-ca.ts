import * as pulumi from "@pulumi/pulumi";
import { tls } from "../../resources";
import { IssueList } from "../../validation/checker";
import { integerBetween } from "../../validation/number";
import type { Host } from "../host/host";
import { refuse } from "../refuse";
import type {
  CertificateAuthority,
  CertificateSpec,
  IssuedCertificate,
} from "./certificate-authority";
import { LabAuthority, type LabCaHandle } from "./lab-authority";

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
  readonly handle: pulumi.Output<LabCaHandle>;
  private readonly authority: LabAuthority;

  constructor(name: string, args: LabCaArgs, options?: pulumi.ComponentResourceOptions) {
    super("labwright:tls:LabCa", name, {}, options);
    refuse(this, `LabCa ${JSON.stringify(name)}`, checkAuthority(name, args).issues);

    const { host } = args;
    const authority = new tls.Authority(
      name,
      {
        host: host.connection,
        name,
        commonName: args.commonName ?? "Lab CA",
        validityDays: args.validityDays ?? 3650,
      },
      host.options({ parent: this, dependsOn: [host.package("openssl")] }),
    );
    const days = {
      certificateDays: args.certificateDays ?? 90,
      renewBeforeDays: args.renewBeforeDays ?? 30,
    };
    this.certificatePem = authority.certificatePem;
    this.handle = pulumi
      .output({ certificatePem: this.certificatePem, host: host.handle })
      .apply((there): LabCaHandle => ({
        type: "labwright:CertificateAuthority",
        version: 1,
        provider: "lab",
        name,
        ...there,
        ...days,
      }));
    this.authority = new LabAuthority({
      host,
      name: authority.name,
      certificatePem: this.certificatePem,
      handle: this.handle,
      ...days,
    });
    this.registerOutputs({ certificatePem: this.certificatePem });
  }

  issue(
    resourceName: string,
    spec: CertificateSpec,
    options?: pulumi.CustomResourceOptions,
  ): IssuedCertificate {
    return this.authority.issue(resourceName, spec, options);
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
