import type { Issue } from "../../validation/issue";
import type { AnyKind } from "../kind";
import type { Field, Fields, FieldType, ObjectType } from "../schema";
import {
  Foreign,
  hasSecret,
  isObject,
  knownPart,
  mapValues,
  type Properties,
  reveal,
  Secret,
  UNKNOWN,
  type Value,
} from "./value";

/** Inputs with defaults filled in, and everything that is wrong with them. */
export interface Checked {
  inputs: Properties;
  issues: Issue[];
}

/** Checks a resource's inputs: types, bounds, required and unknown fields, then what the kind says. Pure. */
export function checkInputs(kind: AnyKind, given: Properties): Checked {
  const checked = checkFields(kind.schema.inputs as Fields, given);
  if (!kind.check) return checked;
  // What has the wrong type already is not judged again.
  const wrong = new Set(checked.issues.map(({ field }) => topOf(field)));
  const right = Object.entries(checked.inputs).filter(([name]) => !wrong.has(name));
  const issues = kind.check(knownPart(reveal(Object.fromEntries(right))) as never);
  return {
    inputs: checked.inputs,
    issues: [...checked.issues, ...issues.map((issue) => hideSecret(issue, checked.inputs))],
  };
}

/** Checks values against fields. Pure. */
export function checkFields(fields: Fields, given: Properties): Checked {
  const issues: Issue[] = [];
  const inputs = object(fields, given, "", issues, false);
  return { inputs, issues };
}

function object(
  fields: Fields,
  given: Properties,
  prefix: string,
  issues: Issue[],
  secret: boolean,
): Properties {
  const result: Properties = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = given[name] ?? undefined;
    const path = prefix + name;
    if (value !== undefined) {
      const hidden = field.options.secret === true;
      if (field.options.noSecret && hasSecret(value)) {
        issues.push({ field: path, fix: `holds a secret: ${field.options.noSecret}` });
      }
      const checked = visit(field.type, value, path, issues, secret || hidden);
      // Also where the program did not say so: inputs are kept in the state.
      result[name] = hidden && !(checked instanceof Secret) ? new Secret(checked) : checked;
    } else if (field.options.default !== undefined) {
      result[name] = structuredClone(field.options.default) as Value;
    } else if (!field.options.optional) {
      const fix = field.options.whenMissing ?? `give ${describe(field)}`;
      issues.push({ field: path, value: undefined, fix });
    }
  }
  for (const name of Object.keys(given)) {
    if (name in fields) continue;
    issues.push({
      field: prefix + name,
      fix: `there is no such field; use ${Object.keys(fields).join(", ")}`,
    });
  }
  return result;
}

function visit(
  type: FieldType,
  value: Value,
  path: string,
  issues: Issue[],
  secret: boolean,
): Value {
  if (value === UNKNOWN) return value;
  if (value instanceof Secret) return new Secret(visit(type, value.value, path, issues, true));
  const wrong = (fix: string): Value => {
    const shown = secret || typeof value === "object" ? {} : { value };
    issues.push({ field: path, ...shown, fix });
    return value;
  };
  if (value instanceof Foreign) return wrong(`is ${value.what}; use ${describeType(type)}`);
  switch (type.type) {
    case "text":
      if (typeof value !== "string") return wrong("use a string");
      return value.includes("\0") ? wrong("leave out the NUL character") : value;
    case "choice":
      return type.choices.includes(value as string) ? value : wrong(`use ${describeType(type)}`);
    case "flag":
      return typeof value === "boolean" ? value : wrong("use true or false");
    case "integer": {
      const { minimum = -Infinity, maximum = Infinity } = type;
      const right =
        Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= maximum;
      return right ? value : wrong(`use ${describeType(type)}`);
    }
    case "texts":
      return visit(
        { type: "list", items: { type: "text" } },
        typeof value === "string" ? [value] : value,
        path,
        issues,
        secret,
      );
    case "list":
      if (!Array.isArray(value)) return wrong("use a list");
      return value.map((item, index) =>
        visit(type.items, item, `${path}[${index}]`, issues, secret),
      );
    case "map":
      if (!isObject(value)) return wrong("use values by name");
      return mapValues(value, (item, name) =>
        visit(type.values, item, `${path}.${name}`, issues, secret),
      );
    case "object":
      if (!isObject(value)) return wrong("use an object");
      return checkedObject(type.object, value, path, issues, secret);
  }
}

function checkedObject(
  type: ObjectType,
  value: Properties,
  path: string,
  issues: Issue[],
  secret: boolean,
): Properties {
  const before = issues.length;
  const checked = object(type.fields, value, `${path}.`, issues, secret);
  for (const [name, spell] of Object.entries(type.canonical ?? {})) {
    const given = checked[name];
    if (typeof given === "string") checked[name] = spell(given);
  }
  if (issues.length > before || !type.check) return checked;
  const known = knownPart(reveal(checked)) as Readonly<Record<string, unknown>>;
  for (const issue of type.check(known)) {
    const field = `${path}.${issue.field}`;
    issues.push(secret || hasSecret(value) ? { field, fix: issue.fix } : { ...issue, field });
  }
  return checked;
}

function describe({ type, options }: Field): string {
  const meaning = options.doc?.split(/(?<=\.)\s/)[0];
  return meaning ? `${describeType(type)} (${meaning.replace(/\.$/, "")})` : describeType(type);
}

function describeType(type: FieldType): string {
  switch (type.type) {
    case "text":
      return "a string";
    case "choice":
      return type.choices
        .map((choice) => JSON.stringify(choice))
        .join(", ")
        .replace(/, ([^,]*)$/, " or $1");
    case "flag":
      return "true or false";
    case "integer": {
      const { minimum, maximum } = type;
      if (minimum !== undefined && maximum !== undefined)
        return `a whole number, ${minimum}-${maximum}`;
      return minimum !== undefined ? `a whole number, ${minimum} or more` : "a whole number";
    }
    case "texts":
      return "a string or a list of strings";
    case "list":
      return "a list";
    case "map":
      return "values by name";
    case "object":
      return "an object";
  }
}

/** Leaves the value out of an issue about a field that was given as a secret. */
function hideSecret(issue: Issue, inputs: Properties): Issue {
  if (!("value" in issue) || !hasSecret(inputs[topOf(issue.field)])) return issue;
  return { field: issue.field, fix: issue.fix };
}

function topOf(field: string): string {
  return field.split(/[.[]/)[0]!;
}
