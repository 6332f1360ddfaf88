/** Certificates. */
export type {
  CertificateAuthority,
  CertificateAuthorityHandle,
  CertificateSpec,
  IssuedCertificate,
} from "./certificate-authority";
export { LabCa } from "./lab-ca";
export type { LabCaArgs } from "./lab-ca";
