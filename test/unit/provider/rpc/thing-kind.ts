import { type Kind, kind } from "../../../../provider/kind";
import {
  defineKind,
  flag,
  integer,
  list,
  map,
  object,
  objectType,
  oneOf,
  text,
} from "../../../../provider/schema";

const timers = objectType("labwright:test:Timers", {
  doc: "Timers.",
  fields: { refresh: integer({ doc: "Refresh.", default: 60 }), retry: integer({ doc: "Retry." }) },
});

const schema = defineKind("labwright:test:Thing", {
  doc: "A thing for tests.",
  inputs: {
    name: text({ doc: "Name of the thing. On its host.", replaces: true }),
    size: integer({ doc: "Size.", default: 3, minimum: 1, maximum: 9 }),
    color: oneOf(["red", "green", "blue"], { doc: "Colour.", default: "red" }),
    tags: list(text(), { doc: "Tags.", default: [] }),
    labels: map(text(), { doc: "Labels.", default: {} }),
    on: flag({ doc: "On.", default: true }),
    note: text({ doc: "Note.", optional: true }),
    timers: object(timers, { doc: "Timers.", optional: true }),
    token: text({ doc: "Token.", optional: true, secret: true }),
  },
  outputs: {
    address: text({ doc: "Address.", stable: true }),
    notAfter: text({ doc: "End." }),
    password: text({ doc: "Password.", secret: true }),
  },
});

/** A kind with one of everything, and no host behind it. */
export const thingKind: Kind<typeof schema> = kind({
  schema,
  check: ({ name, tags }) => [
    ...(name?.startsWith("-") ? [{ field: "name", value: name, fix: "use a letter first" }] : []),
    ...(tags ?? []).flatMap((tag, index) =>
      tag === "bad" ? [{ field: `tags[${index}]`, value: tag, fix: "use a good tag" }] : [],
    ),
  ],
  physical: ({ name }) => name,
  parse: (name) => ({ name }),
  read: () => Promise.reject(new Error("no host")),
  apply: () => Promise.reject(new Error("no host")),
  remove: () => Promise.reject(new Error("no host")),
  diffExtra: ({ notAfter }, _inputs, now) => (Date.parse(notAfter) < now ? ["notAfter"] : []),
});

/** A public key line that is one. */
export const publicKey =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFCK1JK/sxY6ot0oHKZArifRy2fezyJaw/6UJD41D/UY";

/** A host, as a program gives it. */
export const host = { address: "10.0.0.1", hostKey: publicKey, machineId: "one" };
