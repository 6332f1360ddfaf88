import { defineKind, integer, list, oneOf, text } from "../../../schema";

/** Record types that can be managed. */
export const recordTypes = [
  "A",
  "AAAA",
  "CAA",
  "CNAME",
  "MX",
  "NS",
  "PTR",
  "SRV",
  "SSHFP",
  "TLSA",
  "TXT",
] as const;

/** All records of one name and type. */
export const recordSchema = defineKind("labwright:dns:Record", {
  doc:
    "All records of one name and type in a zone of a name server, set by dynamic update (RFC 2136, `nsupdate -l` on the " +
    "server) with prerequisites, so that an edit of somebody else in the meantime is refused and not overwritten.",
  inputs: {
    zone: text({ doc: "Zone that the name is in, such as `home.arpa`.", replaces: true }),
    name: text({ doc: "Name relative to the zone; `@` is the zone itself.", replaces: true }),
    type: oneOf(recordTypes, { doc: "Type of the records.", replaces: true }),
    values: list(text(), {
      doc:
        "The records' data in the zone file's notation, one or more, in any order: `10.77.0.80`, `10 mail.home.arpa.`. " +
        "TXT values are given as plain text and quoted here.",
    }),
    ttl: integer({
      doc: "Time to live in seconds (RFC 2181, section 8). Default 3600, an hour.",
      default: 3600,
      minimum: 0,
      maximum: 2147483647,
    }),
  },
});
