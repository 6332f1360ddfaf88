import * as pulumi from "@pulumi/pulumi";
import type { HandleContract, HandleSource } from "../handle";
import { hostFromHandle } from "../host/host-from-handle";
import type { CertificateAuthority } from "./certificate-authority";
import { LabAuthority, type LabCaHandle } from "./lab-authority";

/** An authority of another stack. Its key stays where it is; it signs for this stack's hosts too. */
export const certificateAuthorityFromHandle: HandleContract<
  CertificateAuthority,
  "labwright:CertificateAuthority"
> = {
  type: "labwright:CertificateAuthority",
  version: 1,
  providers: {
    lab: (handle: LabCaHandle, source: HandleSource) =>
      new LabAuthority({
        host: source.read(hostFromHandle, handle.host),
        name: handle.name,
        certificatePem: pulumi.output(handle.certificatePem),
        certificateDays: handle.certificateDays,
        renewBeforeDays: handle.renewBeforeDays,
        handle: pulumi.output(handle),
      }),
  },
};
