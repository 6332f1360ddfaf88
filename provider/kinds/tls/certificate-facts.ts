import { X509Certificate } from "node:crypto";
import { canonicalIP, checkIP } from "../../../validation/ip-address";

/** What a certificate says, in the inputs' own terms. */
export interface CertificateFacts {
  /** The certificate alone, without what follows it in its file. */
  certificatePem: string;
  commonName: string | undefined;
  dnsNames: string[];
  ipAddresses: string[];
  /** Whole days from its beginning to its end. */
  validityDays: number;
  /** RFC 3339, UTC. */
  notAfter: string;
  /** Hexadecimal, capital letters. */
  serial: string;
}

const DAY_MS = 86_400_000;

/** Reads the first certificate of a PEM text; undefined when there is none. Pure. */
export function parseCertificate(pem: string): CertificateFacts | undefined {
  const [text] = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/.exec(pem) ?? [];
  if (text === undefined) return undefined;
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(text);
  } catch {
    return undefined;
  }
  const from = Date.parse(certificate.validFrom);
  const to = Date.parse(certificate.validTo);
  return {
    certificatePem: `${text.replaceAll("\r", "")}\n`,
    commonName: commonNameOf(certificate),
    ...namesOf(certificate),
    validityDays: Math.round((to - from) / DAY_MS),
    notAfter: new Date(to).toISOString().replace(".000Z", "Z"),
    serial: certificate.serialNumber,
  };
}

/** Whether a certificate was signed with the key of another, and names it as its issuer. Pure. */
export function isSignedBy(certificatePem: string, authorityPem: string): boolean {
  try {
    const authority = new X509Certificate(authorityPem);
    const certificate = new X509Certificate(certificatePem);
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  } catch {
    return false;
  }
}

function commonNameOf(certificate: X509Certificate): string | undefined {
  // The text form of a subject escapes; the legacy object has the value itself, or a list of several.
  const name: unknown = (certificate.toLegacyObject().subject as { CN?: unknown } | undefined)?.CN;
  return typeof name === "string" ? name : undefined;
}

/**
 * Names of the subjectAltName extension. Node writes them as `DNS:a, IP Address:1.2.3.4`, and in quotes what could be
 * mistaken for more than one name; that and other kinds of names are kept as they are written, so that they show.
 */
function namesOf(certificate: X509Certificate): { dnsNames: string[]; ipAddresses: string[] } {
  const dnsNames: string[] = [];
  const ipAddresses: string[] = [];
  const entries = certificate.subjectAltName?.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  for (const entry of entries.map((text) => text.trim())) {
    const address = entry.replace(/^IP Address:/, "");
    if (address !== entry && checkIP(address) === undefined) ipAddresses.push(canonicalIP(address));
    else dnsNames.push(entry.replace(/^DNS:/, ""));
  }
  return { dnsNames, ipAddresses };
}
