/** Certificates. */
export type {
  CertificateAuthority,
  CertificateAuthorityHandle,
  CertificateSpec,
  IssuedCertificate,
} from "./certificate-authority";
export { certificateAuthorityFromHandle } from "./certificate-authority-from-handle";
export type { LabCaHandle } from "./lab-authority";
export { LabCa } from "./lab-ca";
export type { LabCaArgs } from "./lab-ca";
