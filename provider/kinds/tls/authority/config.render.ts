import { opensslValue } from "../openssl-value";

/** Configuration of `openssl req -x509` for an authority that signs servers' certificates and no further authorities. */
export function renderAuthorityConfig(commonName: string): string {
  return `[req]
prompt = no
utf8 = yes
string_mask = utf8only
default_md = sha256
distinguished_name = subject
x509_extensions = authority
[subject]
CN = ${opensslValue(commonName)}
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
`;
}
