import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

import {
  Foreign,
  isObject,
  mapValues,
  type Properties,
  Secret,
  UNKNOWN,
  type Value,
} from "./value";

// Pulumi's wire encoding of special values: sdk/go/common/resource/properties.go and sdk/proto of pulumi/pulumi.
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const foreign: Record<string, string> = {
  c44067f5952c0a294b673a41bacd8c17: "an asset",
  "0def7320c3a5731c473e5ecbe6d01bc7": "an archive",
  "5cf8f73096256a8f31e491e813e4eb8e": "a resource",
};
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknowns = new Set([
  UNKNOWN_STRING,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** Properties from the engine. A property that is null counts as not there. */
export function decode(struct: Struct | undefined): Properties {
  return struct ? decodeObject(struct.toJavaScript() as Record<string, unknown>) : {};
}

/** Properties for the engine. */
export function encode(properties: Properties): Struct {
  return Struct.fromJavaScript(
    mapValues(properties, encodeValue) as Record<string, JavaScriptValue>,
  );
}

function decodeObject(object: Record<string, unknown>): Properties {
  const present = Object.entries(object).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return Object.fromEntries(present.map(([name, value]) => [name, decodeValue(value)]));
}

function decodeValue(value: unknown): Value {
  if (typeof value === "string") return unknowns.has(value) ? UNKNOWN : value;
  if (Array.isArray(value)) return value.map(decodeValue);
  if (typeof value !== "object" || value === null) return value as Value;
  const object = value as Record<string, unknown>;
  switch (object[SIGNATURE]) {
    case undefined:
      return decodeObject(object);
    case SECRET:
      return new Secret(decodeValue(object.value ?? null));
    case OUTPUT: {
      const inner = "value" in object ? decodeValue(object.value) : UNKNOWN;
      return object.secret === true ? new Secret(inner) : inner;
    }
    default:
      return new Foreign(foreign[String(object[SIGNATURE])] ?? "a value of an unknown type");
  }
}

function encodeValue(value: Value): unknown {
  if (value === UNKNOWN) return UNKNOWN_STRING;
  if (value instanceof Secret) return { [SIGNATURE]: SECRET, value: encodeValue(value.value) };
  // Check refuses these, so none gets here.
  if (value instanceof Foreign) throw new Error(`${value.what} cannot be sent back`);
  if (Array.isArray(value)) return value.map(encodeValue);
  return isObject(value) ? mapValues(value, encodeValue) : value;
}
