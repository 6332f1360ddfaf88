import type { Field, Fields, FieldType, ObjectType } from "./field";
import type { KindSchema } from "./kind-schema";
import { providerConfig } from "./provider-config";

/** A JSON value of Pulumi's package schema (https://www.pulumi.com/docs/reference/pulumi-schema/). */
export type PackageSchema = Record<string, unknown>;

/** Renders the Pulumi package schema of the given kinds. Pure. */
export function packageSchema(kinds: readonly KindSchema[], version: string): PackageSchema {
  const types = new Map<string, ObjectType>();
  for (const kind of kinds) collectTypes({ ...kind.inputs, ...kind.outputs }, types);
  return {
    name: "labwright",
    displayName: "Labwright",
    version,
    description:
      "Real state on the hosts of a homelab: files, packages, services, zones, sites, certificates",
    keywords: ["pulumi", "labwright", "kind/native", "category/infrastructure"],
    license: "Apache-2.0",
    meta: { moduleFormat: "(.*)" },
    config: { variables: properties(providerConfig) },
    provider: {
      description: "Reaches hosts with the OpenSSH client of the machine that runs Pulumi.",
      inputProperties: properties(providerConfig),
    },
    types: Object.fromEntries(sorted(types).map(([token, type]) => [token, renderType(type)])),
    resources: Object.fromEntries(
      sorted(new Map(kinds.map((kind) => [kind.token, kind]))).map(([token, kind]) => [
        token,
        renderKind(kind),
      ]),
    ),
  };
}

/** Every object type that the fields reach, by token. */
export function collectTypes(fields: Fields, into: Map<string, ObjectType>): void {
  const visit = (type: FieldType): void => {
    if (type.type === "list") visit(type.items);
    else if (type.type === "map") visit(type.values);
    else if (type.type === "object" && !into.has(type.object.token)) {
      into.set(type.object.token, type.object);
      collectTypes(type.object.fields, into);
    }
  };
  for (const { type } of Object.values(fields)) visit(type);
}

/** Whether a caller must give the field. */
export function isRequired({ options }: Field): boolean {
  return options.optional !== true && options.default === undefined;
}

function renderType(type: ObjectType): PackageSchema {
  return {
    type: "object",
    description: type.doc,
    properties: properties(type.fields),
    required: names(type.fields, isRequired),
  };
}

function renderKind(kind: KindSchema): PackageSchema {
  const state = { ...kind.inputs, ...kind.outputs };
  return {
    description: kind.doc,
    inputProperties: properties(kind.inputs),
    requiredInputs: names(kind.inputs, isRequired),
    properties: properties(state, { defaults: false }),
    required: names(state, (field) => field.options.optional !== true),
  };
}

function properties(fields: Fields, { defaults = true } = {}): PackageSchema {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { type, options }]) => [
      name,
      {
        ...(options.doc && { description: options.doc }),
        ...typeReference(type),
        ...(defaults && isPrimitive(options.default) && { default: options.default }),
        ...(options.secret && { secret: true }),
        ...(options.replaces && { willReplaceOnChanges: true }),
      },
    ]),
  );
}

function typeReference(type: FieldType): PackageSchema {
  switch (type.type) {
    case "text":
    case "choice":
      return { type: "string" };
    case "integer":
      return { type: "integer" };
    case "flag":
      return { type: "boolean" };
    case "texts":
      return { oneOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] };
    case "list":
      return { type: "array", items: typeReference(type.items) };
    case "map":
      return { type: "object", additionalProperties: typeReference(type.values) };
    case "object":
      return { $ref: `#/types/${type.object.token}` };
  }
}

function names(fields: Fields, wanted: (field: Field) => boolean): string[] {
  return Object.entries(fields)
    .filter(([, field]) => wanted(field))
    .map(([name]) => name)
    .sort();
}

function isPrimitive(value: unknown): boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

function sorted<T>(map: Map<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
