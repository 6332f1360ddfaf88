import { canonicalIP } from "../../../../validation/ip-address";
import type { OwnInputsOf } from "../../../schema";
import { opensslValue } from "../openssl-value";
import type { certificateSchema } from "./schema";

type Wanted = Pick<
  OwnInputsOf<typeof certificateSchema>,
  "commonName" | "dnsNames" | "ipAddresses"
>;

/** RFC 5280, appendix A.1: ub-common-name. */
const MAX_COMMON_NAME = 64;

/** The common name: as given, else the first DNS name that fits, else none. */
export function commonNameOf({ commonName, dnsNames }: Wanted): string | undefined {
  return commonName ?? dnsNames.find((name) => name.length <= MAX_COMMON_NAME);
}

/** The subject as RFC 2253 writes it, for the comparison with a request's. */
export function subjectOf(wanted: Wanted): string {
  const name = commonNameOf(wanted);
  return name === undefined ? "" : `CN=${name}`;
}

/** Configuration of `openssl req -new`. The request carries the subject only: the authority's side adds the rest. */
export function renderRequest(wanted: Wanted): string {
  const name = commonNameOf(wanted);
  return `[req]
prompt = no
utf8 = yes
string_mask = utf8only
default_md = sha256
distinguished_name = subject
[subject]
${name === undefined ? "" : `CN = ${opensslValue(name)}\n`}`;
}

/** The extensions of a server's certificate, for `openssl x509 -extfile`. Comes from the program, never from a request. */
export function renderExtensions(wanted: Wanted): string {
  const { dnsNames, ipAddresses } = wanted;
  // RFC 5280, 4.2.1.6: critical when the subject is empty.
  const critical = commonNameOf(wanted) === undefined ? "critical, " : "";
  return `[certificate]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
subjectAltName = ${critical}@names
[names]
${dnsNames.map((name, index) => `DNS.${index + 1} = ${opensslValue(name.toLowerCase())}\n`).join("")}${ipAddresses
    .map((address, index) => `IP.${index + 1} = ${opensslValue(canonicalIP(address))}\n`)
    .join("")}`;
}
