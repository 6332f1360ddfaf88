import assert from "node:assert/strict";

import type { InputsOf, OutputsOf, StateOf } from "../../../provider/schema";
import {
  defineKind,
  flag,
  integer,
  list,
  map,
  oneOf,
  packageSchema,
  text,
} from "../../../provider/schema";

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T => true as T;
type Plain<T> = { [K in keyof T]: T[K] };

const schema = defineKind("labwright:test:Thing", {
  doc: "A thing.",
  place: "here",
  inputs: {
    name: text({ doc: "Name.", replaces: true }),
    size: integer({ doc: "Size.", default: 3, minimum: 1 }),
    note: text({ doc: "Note.", optional: true }),
    color: oneOf(["red", "green"], { doc: "Colour.", default: "red" }),
    tags: list(text(), { doc: "Tags.", default: [] }),
    labels: map(text(), { doc: "Labels.", optional: true }),
    on: flag({ doc: "On.", default: true }),
  },
  outputs: { key: text({ doc: "Key.", secret: true }), note: text({ doc: "Note seen." }) },
});

interface Inputs {
  name: string;
  size: number;
  color: "red" | "green";
  tags: string[];
  on: boolean;
  note?: string;
  labels?: Record<string, string>;
}

describe("defineKind()", () => {
  it("infers inputs with defaults filled in and optional ones optional", () => {
    assert.ok(holds<Equal<Plain<InputsOf<typeof schema>>, Inputs>>());
  });

  it("infers outputs, and a state in which an output stands for the input of its name", () => {
    assert.ok(holds<Equal<Plain<OutputsOf<typeof schema>>, { key: string; note: string }>>());
    assert.ok(holds<Equal<Plain<StateOf<typeof schema>>["note"], string>>());
  });
});

describe("packageSchema()", () => {
  it("renders requirements, defaults, secrets and replacement", () => {
    const rendered = packageSchema([schema], "1.2.3") as {
      resources: Record<string, Record<string, Record<string, unknown>>>;
    };
    const thing = rendered.resources["labwright:test:Thing"]!;
    assert.deepEqual(thing.requiredInputs, ["name"]);
    assert.deepEqual(thing.required, ["color", "key", "name", "note", "on", "size", "tags"]);
    assert.deepEqual(thing.inputProperties!.name, {
      description: "Name.",
      type: "string",
      willReplaceOnChanges: true,
    });
    assert.deepEqual(thing.inputProperties!.size, {
      description: "Size.",
      type: "integer",
      default: 3,
    });
    assert.deepEqual(thing.properties!.key, { description: "Key.", type: "string", secret: true });
    assert.deepEqual(thing.properties!.tags, {
      description: "Tags.",
      type: "array",
      items: { type: "string" },
    });
  });
});
