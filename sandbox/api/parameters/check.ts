import type { PropertySchema, PropertySchemas } from "../schema/property-schema";
import { checkNamedFormat } from "./formats";
import { PROPERTY_STRING_FORMATS } from "./property-string-formats";
import { FormatError, splitPropertyString } from "./property-string";

export type ParameterErrors = Record<string, string>;
export type ParameterValue = string | string[];

const MISSING = "property is missing and it is not optional";
const UNKNOWN =
  "property is not defined in schema and the schema does not allow additional properties";

/** Checks named values against a schema that allows no others; errors are keyed by path. */
export function checkProperties(
  values: Record<string, ParameterValue>,
  schemas: PropertySchemas,
  errors: ParameterErrors,
  prefix = "",
): void {
  for (const [name, schema] of Object.entries(schemas)) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    const path = prefix + name;
    if (value === undefined) {
      if (!schema.optional && schema.alias === undefined) errors[path] ??= MISSING;
      continue;
    }
    checkValue(value, schema, path, errors);
    const required = schema.requires;
    if (required !== undefined && !Object.hasOwn(values, required))
      errors[prefix + required] ??= `missing property required by '${path}'`;
  }
  for (const name of Object.keys(values))
    if (!Object.hasOwn(schemas, name)) errors[prefix + name] = UNKNOWN;
}

function checkValue(
  value: ParameterValue,
  schema: PropertySchema,
  path: string,
  errors: ParameterErrors,
): void {
  if (schema.type === "array") {
    for (const item of Array.isArray(value) ? value : [value])
      if (schema.items !== undefined) checkValue(item, schema.items, path, errors);
    return;
  }
  if (Array.isArray(value))
    return void (errors[path] = `type check ('${schema.type ?? "string"}') failed`);
  const error =
    typeError(value, schema) ?? formatError(value, schema, path) ?? constraintError(value, schema);
  if (error !== undefined) errors[path] ??= error;
}

const TYPE_PATTERNS: Partial<Record<string, RegExp>> = {
  integer: /^[+-]?\d+$/,
  number: /^[+-]?(\d+\.\d+|\d+)$/,
  boolean: /^[01]$/,
};

function typeError(value: string, { type }: PropertySchema): string | undefined {
  const pattern = type === undefined ? undefined : TYPE_PATTERNS[type];
  return pattern === undefined || pattern.test(value)
    ? undefined
    : `type check ('${String(type)}') failed - got '${value}'`;
}

function formatError(value: string, { format }: PropertySchema, path: string): string | undefined {
  if (format === undefined) return undefined;
  try {
    const schemas = typeof format === "string" ? PROPERTY_STRING_FORMATS[format] : format;
    if (schemas === undefined) checkNamedFormat(String(format), value);
    else checkPropertyString(value, schemas, path);
    return undefined;
  } catch (error) {
    if (error instanceof FormatError) return `invalid format - ${error.message}`;
    throw error;
  }
}

/** Checks the syntax and every key of a property string; throws all that is wrong as one FormatError. */
export function checkPropertyString(value: string, schemas: PropertySchemas, path: string): void {
  const errors: ParameterErrors = {};
  checkProperties(splitPropertyString(value, schemas), schemas, errors, `${path}.`);
  const lines = Object.keys(errors)
    .sort()
    .map((key) => `${key}: ${errors[key] ?? ""}\n`);
  if (lines.length > 0) throw new FormatError(`format error\n${lines.join("")}`);
}

/** Perl's `(?^:...)` groups, which JavaScript writes `(?:...)`. */
const patternOf = (pattern: string): RegExp =>
  new RegExp(`^(?:${pattern.replaceAll("(?^:", "(?:")})$`, "s");

function constraintError(value: string, schema: PropertySchema): string | undefined {
  const { pattern, maxLength, minLength, minimum, maximum } = schema;
  if (pattern !== undefined && !patternOf(pattern).test(value))
    return "value does not match the regex pattern";
  if (maxLength !== undefined && value.length > maxLength)
    return `value may only be ${String(maxLength)} characters long`;
  if (minLength !== undefined && value.length < minLength)
    return `value must be at least ${String(minLength)} characters long`;
  if (schema.type === "integer" || schema.type === "number") {
    if (minimum !== undefined && Number(value) < Number(minimum))
      return `value must have a minimum value of ${String(minimum)}`;
    if (maximum !== undefined && Number(value) > Number(maximum))
      return `value must have a maximum value of ${String(maximum)}`;
  }
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return `value '${value}' does not have a value in the enumeration '${schema.enum.join(", ")}'`;
  return undefined;
}
