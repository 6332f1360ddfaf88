import { defineKind, integer, list, map, object, objectType, oneOf, text } from "../../../schema";

const seconds = (doc: string, value: number) =>
  integer({ doc, default: value, minimum: 0, maximum: 2147483647 });

/** Timers of a zone's SOA record. */
export const soaTimers = objectType("labwright:bind:SoaTimers", {
  doc: "Timers of a zone's SOA record (RFC 1035, section 3.3.13), all in seconds. Defaults after RIPE-203.",
  fields: {
    refresh: seconds("How often a secondary asks for changes. Default 86400, RIPE-203.", 86400),
    retry: seconds(
      "How soon a secondary asks again after a failure. Default 7200, RIPE-203.",
      7200,
    ),
    expire: seconds(
      "How long a secondary answers without the primary. Default 3600000, RIPE-203.",
      3600000,
    ),
    minimum: seconds(
      "How long resolvers remember that a name does not exist (RFC 2308). Default 300, so that a new name is soon seen.",
      300,
    ),
    ttl: seconds(
      "Time to live of the zone's own SOA and NS records. Default 172800, RIPE-203.",
      172800,
    ),
  },
});

/** A zone of a BIND name server. */
export const zoneSchema = defineKind("labwright:bind:Zone", {
  doc:
    "A primary zone of a BIND 9 name server, added with `rndc addzone` and open to dynamic update from the server itself " +
    "(`update-policy local`). The server must have `allow-new-zones yes`. Deleting it deletes the zone with every record.",
  inputs: {
    name: text({
      doc: "Name of the zone, such as `home.arpa`, without a dot at the end.",
      replaces: true,
    }),
    kind: oneOf(["primary"], {
      doc: "Role of this server for the zone. Default `primary`, the only one yet.",
      default: "primary",
      replaces: true,
    }),
    nameServers: list(text(), {
      doc: "Names of the zone's name servers, absolute, the primary first: its NS records and the SOA's first field.",
    }),
    glue: map(list(text()), {
      doc:
        "Addresses of the name servers whose own names lie in the zone, such as `ns1.home.arpa`, by name: their A and AAAA " +
        "records, which belong to the zone and come and go with it. Each such name server needs one: BIND loads no zone " +
        "without (and no `labwright:dns:Record` may set them). Default none.",
      default: {},
    }),
    adminMailbox: text({
      doc: "Mail address of who is responsible for the zone, `hostmaster@home.arpa`: the SOA's second field.",
    }),
    soa: object(soaTimers, {
      doc: "Timers of the SOA record.",
      default: { refresh: 86400, retry: 7200, expire: 3600000, minimum: 300, ttl: 172800 },
    }),
    updatePolicy: oneOf(["local"], {
      doc:
        "Who may change records (`update-policy`). Default `local`, the only one yet: processes of this host that may read " +
        "named's session key, as `labwright:dns:Record` does.",
      default: "local",
    }),
    allowTransfer: list(text(), {
      doc: "Addresses or networks that may transfer the zone (`allow-transfer`), or `any`. Default none.",
      default: [],
    }),
  },
});
