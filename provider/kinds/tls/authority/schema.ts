import { defineKind, integer, text } from "../../../schema";

/** A certificate authority on a host. */
export const authoritySchema = defineKind("labwright:tls:Authority", {
  doc:
    "A certificate authority whose key is made on a host (/var/lib/labwright/ca/NAME/key.pem) and never leaves it. Deleting it deletes the key: every " +
    "certificate it signed stays valid until it ends, and can no longer be renewed.",
  inputs: {
    name: text({
      doc: "Name of the authority on its host, of its folder and files.",
      replaces: true,
    }),
    commonName: text({
      doc: "Common name in the authority's certificate, as people see it.",
      replaces: true,
    }),
    validityDays: integer({
      doc: "Days the authority's certificate is valid, from the day it is made. Default 3650, ten years.",
      default: 3650,
      minimum: 1,
      maximum: 36500,
      replaces: true,
    }),
  },
  outputs: {
    certificatePem: text({
      doc: "The authority's certificate in PEM, for those who are to trust it.",
      stable: true,
    }),
    notAfter: text({ doc: "When the authority's certificate ends (RFC 3339, UTC).", stable: true }),
    problem: text({
      doc: "What a refresh found wrong with the key, such as a mode that lets others read it; empty when all is well. The next update repairs it.",
    }),
  },
});
