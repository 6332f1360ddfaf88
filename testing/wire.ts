import {
  specialResourceSig,
  specialSecretSig,
  specialSigKey,
  unknownValue,
} from "@pulumi/pulumi/runtime/rpc";

/** Plain values of a message, with the paths of those that were marked. */
export interface Decoded {
  value: Record<string, unknown>;
  secrets: string[];
  unknowns: string[];
}

/** Reads a message's properties: secrets are unwrapped, unknown values become `undefined`, resources `{ urn, id }`. */
export function decodeProperties(properties: Record<string, unknown>): Decoded {
  const secrets: string[] = [];
  const unknowns: string[] = [];
  const decode = (value: unknown, path: string): unknown => {
    if (value === unknownValue) {
      unknowns.push(path);
      return undefined;
    }
    if (Array.isArray(value)) return value.map((item, index) => decode(item, `${path}[${index}]`));
    if (typeof value !== "object" || value === null) return value;
    const fields = value as Record<string, unknown>;
    if (fields[specialSigKey] === specialSecretSig) {
      secrets.push(path);
      return decode(fields["value"], path);
    }
    if (fields[specialSigKey] === specialResourceSig)
      return { urn: fields["urn"], id: fields["id"] };
    return Object.fromEntries(
      Object.entries(fields).map(([key, item]) => [
        key,
        decode(item, path === "" ? key : `${path}.${key}`),
      ]),
    );
  };
  return { value: decode(properties, "") as Record<string, unknown>, secrets, unknowns };
}

export function secretProperty(value: unknown): Record<string, unknown> {
  return { [specialSigKey]: specialSecretSig, value };
}
