import { randomBytes, randomInt } from "node:crypto";

import type { Issue } from "../../validation/issue";

/** A value as it crosses the provider protocol; `undefined` stands for one not known yet. */
export type Values = Record<string, unknown>;

/** One resource type: its inputs with their types and defaults, and how its outputs are made. */
export interface RandomType {
  inputs: Record<string, { type: "number" | "boolean" | "string" | "map"; default?: unknown }>;
  required: string[];
  check(inputs: Values): Issue[];
  make(inputs: Values): { id: string; outputs: Values };
}

const classes = [
  { use: "lower", least: "minLower", letters: "abcdefghijklmnopqrstuvwxyz" },
  { use: "upper", least: "minUpper", letters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
  { use: "numeric", least: "minNumeric", letters: "0123456789" },
  { use: "special", least: "minSpecial", letters: "!@#$%&*()-_=+[]{}<>:?" },
] as const;

function lettersOf(inputs: Values, index: number): string {
  const { use, letters } = classes[index]!;
  if (inputs[use] === false || (use === "numeric" && inputs.number === false)) return "";
  return use === "special" && inputs.overrideSpecial ? String(inputs.overrideSpecial) : letters;
}

function pick(letters: string): string {
  return letters[randomInt(letters.length)]!;
}

/** A text with at least as many letters of each class as asked for, the rest from all of them. */
export function randomText(inputs: Values): string {
  const letters = classes.map((_, index) => lettersOf(inputs, index));
  const text = classes.flatMap(({ least }, index) =>
    Array.from({ length: Number(inputs[least] ?? 0) }, () => pick(letters[index]!)),
  );
  const all = letters.join("");
  while (text.length < Number(inputs.length)) text.push(pick(all));
  // Fisher and Yates's shuffle: the asked-for letters must not stand in front.
  for (let last = text.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [text[last], text[other]] = [text[other]!, text[last]!];
  }
  return text.join("");
}

function checkText(inputs: Values): Issue[] {
  const issues: Issue[] = [];
  const length = inputs.length;
  if (typeof length === "number" && (!Number.isInteger(length) || length < 1)) {
    issues.push({ field: "length", value: length, fix: "use a whole number from 1" });
  }
  let least = 0;
  classes.forEach(({ use, least: field }, index) => {
    const value = Number(inputs[field] ?? 0);
    least += value;
    if (value > 0 && lettersOf(inputs, index) === "") {
      issues.push({ field, value, fix: `leave it out or set ${use} to true` });
    }
  });
  if (typeof length === "number" && least > length) {
    issues.push({ field: "length", value: length, fix: `use ${least} or more, the sum of min*` });
  }
  if (classes.every((_, index) => lettersOf(inputs, index) === "")) {
    issues.push({ field: "lower", value: false, fix: "allow at least one class of letters" });
  }
  return issues;
}

const textInputs: RandomType["inputs"] = {
  keepers: { type: "map" },
  length: { type: "number" },
  lower: { type: "boolean", default: true },
  minLower: { type: "number", default: 0 },
  minNumeric: { type: "number", default: 0 },
  minSpecial: { type: "number", default: 0 },
  minUpper: { type: "number", default: 0 },
  number: { type: "boolean", default: true },
  numeric: { type: "boolean", default: true },
  overrideSpecial: { type: "string" },
  special: { type: "boolean", default: true },
  upper: { type: "boolean", default: true },
};

/** The types of the random provider that this stand-in has. RandomPassword is without bcryptHash. */
export const randomTypes: Record<string, RandomType> = {
  "random:index/randomPassword:RandomPassword": {
    inputs: textInputs,
    required: ["length"],
    check: checkText,
    make: (inputs) => ({ id: "none", outputs: { result: randomText(inputs) } }),
  },
  "random:index/randomString:RandomString": {
    inputs: textInputs,
    required: ["length"],
    check: checkText,
    make: (inputs) => {
      const result = randomText(inputs);
      return { id: result, outputs: { result } };
    },
  },
  "random:index/randomId:RandomId": {
    inputs: {
      byteLength: { type: "number" },
      keepers: { type: "map" },
      prefix: { type: "string" },
    },
    required: ["byteLength"],
    check: ({ byteLength }) =>
      typeof byteLength === "number" && (!Number.isInteger(byteLength) || byteLength < 1)
        ? [{ field: "byteLength", value: byteLength, fix: "use a whole number from 1" }]
        : [],
    make: (inputs) => {
      const bytes = randomBytes(Number(inputs.byteLength));
      const prefix = String(inputs.prefix ?? "");
      const hex = bytes.toString("hex");
      const outputs = {
        b64Std: prefix + bytes.toString("base64"),
        b64Url: prefix + bytes.toString("base64url"),
        dec: prefix + BigInt(`0x${hex}`).toString(),
        hex: prefix + hex,
      };
      return { id: bytes.toString("base64url"), outputs };
    },
  },
};

/** Everything wrong with the inputs of a resource. Values not known yet are not judged. */
export function checkRandom(type: RandomType, inputs: Values): Issue[] {
  const issues: Issue[] = [];
  for (const [field, value] of Object.entries(inputs)) {
    const spec = type.inputs[field];
    if (!spec) issues.push({ field, fix: "leave it out: there is no such property" });
    else if (value !== undefined) {
      const is = spec.type === "map" ? "object" : spec.type;
      if (typeof value !== is) issues.push({ field, value, fix: `use a ${spec.type}` });
    }
  }
  for (const field of type.required) {
    if (!(field in inputs)) issues.push({ field, value: undefined, fix: "give a number" });
  }
  return issues.length > 0 ? issues : type.check(inputs);
}

/** Inputs with defaults filled in; `number` is the old name of `numeric`. */
export function withDefaults(type: RandomType, inputs: Values): Values {
  const filled = { ...inputs };
  if ("number" in filled && !("numeric" in filled)) filled.numeric = filled.number;
  if ("numeric" in filled && !("number" in filled)) filled.number = filled.numeric;
  for (const [field, spec] of Object.entries(type.inputs)) {
    if (spec.default !== undefined && !(field in filled)) filled[field] = spec.default;
  }
  return filled;
}
