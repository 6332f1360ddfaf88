import {
  defineKind,
  HostConnection,
  integer,
  list,
  object,
  objectType,
  text,
} from "../../../schema";

/** An authority that signs certificates. */
export const signingAuthority = objectType("labwright:tls:SigningAuthority", {
  doc: "A certificate authority made by `labwright:tls:Authority`, and how to reach it.",
  fields: {
    host: object(HostConnection, { doc: "The host that has the authority's key." }),
    name: text({ doc: "Name of the authority on its host." }),
    certificatePem: text({
      doc: "The authority's certificate in PEM. Another one has every certificate signed anew.",
    }),
  },
});

/** A certificate on the host that uses it. */
export const certificateSchema = defineKind("labwright:tls:Certificate", {
  doc:
    "A TLS server certificate. Its key is made on the host that uses it and never leaves it; the lab's authority signs a " +
    "request. `pulumi up` renews it once less than `renewBeforeDays` are left.",
  inputs: {
    name: text({
      doc: "Name of the certificate on its host, of its folder and files.",
      replaces: true,
    }),
    authority: object(signingAuthority, { doc: "The authority that signs." }),
    commonName: text({
      doc: "Common name of the subject. Left out: the first of `dnsNames`, else none.",
      optional: true,
    }),
    dnsNames: list(text(), {
      doc: "DNS names the certificate is for; `*.` at the front of one stands for one label. At least one name or address.",
      default: [],
    }),
    ipAddresses: list(text(), {
      doc: "IP addresses the certificate is for. Default none.",
      default: [],
    }),
    validityDays: integer({
      doc: "Days a certificate is valid. Default 90, as Let's Encrypt's certificates are.",
      default: 90,
      minimum: 1,
      maximum: 3650,
    }),
    renewBeforeDays: integer({
      doc: "Renew when fewer days than this are left. Default 30, a third of the default validity. Less than `validityDays`.",
      default: 30,
      minimum: 0,
      maximum: 3650,
    }),
    reload: text({
      doc: "Service on the same host to reload after a change, if it runs.",
      optional: true,
    }),
  },
  outputs: {
    certificatePem: text({ doc: "The certificate in PEM." }),
    certificatePath: text({
      doc: "Path of the certificate followed by the authority's, on the host: /etc/ssl/labwright/NAME/certificate.pem.",
      stable: true,
    }),
    keyPath: text({
      doc: "Path of the private key, on the host: /etc/ssl/labwright/NAME/key.pem. Only root can read it.",
      stable: true,
    }),
    notAfter: text({ doc: "When the certificate ends (RFC 3339, UTC)." }),
    serial: text({ doc: "Serial number, hexadecimal." }),
    problem: text({
      doc: "What a refresh found wrong with the files, such as a key that others can read; empty when all is well. The next update repairs it.",
    }),
  },
});
