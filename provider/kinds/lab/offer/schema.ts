import { defineKind, flag, HostConnection, map, object, objectType, text } from "../../../schema";

/** A host of the stack. Unlike a resource's own host, another machine at its address replaces nothing. */
const OfferedHost = objectType("labwright:lab:OfferedHost", {
  doc: "A host of this stack that other stacks may have things on.",
  fields: {
    ...HostConnection.fields,
    machineId: text({ doc: "The machine's id from /etc/machine-id (machine-id(5))." }),
  },
  check: HostConnection.check,
  canonical: HostConnection.canonical,
});

/** That a stack's hosts are offered to others, and not taken away under them. */
export const offerSchema = defineKind("labwright:lab:Offer", {
  doc:
    "Guards what a stack offers others: deleting it, which comes before deleting anything it depends on, is refused while " +
    "the ledgers of its hosts have things of other stacks; so is leaving out a host that has. It makes nothing on any host.",
  place: "here",
  inputs: {
    hosts: map(object(OfferedHost), { doc: "The hosts to look at, by name." }),
    force: flag({
      doc: "Let go whatever other stacks still have there, without looking. Default false.",
      default: false,
    }),
  },
});
