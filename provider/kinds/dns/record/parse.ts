import { canonicalName } from "../../../../validation/dns-name";
import type { InputsOf, OwnInputsOf } from "../../../schema";
import { recordTypes, type recordSchema } from "./schema";

type Own = OwnInputsOf<typeof recordSchema>;

/** The inputs that a physical name, `home.arpa/wiki/A`, stands for; undefined when it is none. */
export function parsePhysical(physical: string): Pick<Own, "zone" | "name" | "type"> | undefined {
  const [zone, name, type, ...rest] = physical.split("/");
  const known = recordTypes.find((candidate) => candidate === type?.toUpperCase());
  if (!zone || !name || !known || rest.length > 0) return undefined;
  return { zone: zone.toLowerCase(), name: name.toLowerCase(), type: known };
}

/** The full name of a record, in lower case with the dot at the end. */
export function ownerName({ zone, name }: Pick<InputsOf<typeof recordSchema>, "zone" | "name">) {
  return canonicalName(name === "@" ? zone : `${name}.${zone}`);
}
