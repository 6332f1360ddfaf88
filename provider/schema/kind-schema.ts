import { type Field, type Fields, flag, object, type ValuesOf } from "./field";
import { HostConnection, MachineConnection } from "./host-connection";

/**
 * Where a kind's thing lives.
 * - `host`: on a joined machine; the kind gets the inputs `host` and `adopt`.
 * - `machine`: a machine that this kind joins; `host` comes without a machine id, and nothing is adopted.
 * - `here`: in the provider's own process.
 */
export type Place = "host" | "machine" | "here";

const adopt = flag({
  doc:
    "Take over what exists already. Without it, creating what exists and was not made by this resource is an error. " +
    "Default false; a change alone does nothing.",
  default: false,
});

const placeFields = {
  host: {
    host: object(HostConnection, { doc: "The host this lives on." }),
    adopt,
  },
  machine: {
    host: object(MachineConnection, { doc: "How to reach the machine." }),
  },
  here: {},
} satisfies Record<Place, Fields>;

/** The schema of one kind, from which the types, the Pulumi schema and the resource class come. */
export interface KindSchema<
  P extends Place = Place,
  I extends Fields = Fields,
  O extends Fields = Fields,
> {
  /** Pulumi type token, `labwright:<domain>:<Kind>`. */
  readonly token: string;
  readonly doc: string;
  readonly place: P;
  /** The kind's own inputs, as defined. */
  readonly own: I;
  /** All inputs: `host` and `adopt` where the place has them, then the own ones. */
  readonly inputs: Fields;
  /** Outputs besides the inputs. One with the name of an optional input gives that input's real value. */
  readonly outputs: O;
}

/** Defines a kind's schema. */
export function defineKind<
  const I extends Fields,
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  const O extends Fields = {},
  const P extends Place = "host",
>(
  token: string,
  definition: { doc: string; place?: P; inputs: I; outputs?: O },
): KindSchema<P, I, O> {
  const { doc, inputs, outputs = {} as O, place = "host" as P } = definition;
  return {
    token,
    doc,
    place,
    own: inputs,
    inputs: { ...(placeFields[place] as Record<string, Field>), ...inputs },
    outputs,
  };
}

/** The kind's own inputs, defaults filled in. */
export type OwnInputsOf<S> = S extends KindSchema<Place, infer I> ? ValuesOf<I> : never;

/** All inputs, `host` and `adopt` included, defaults filled in. */
export type InputsOf<S> =
  S extends KindSchema<infer P, infer I> ? ValuesOf<(typeof placeFields)[P]> & ValuesOf<I> : never;

/** The outputs besides the inputs. */
export type OutputsOf<S> = S extends KindSchema<Place, Fields, infer O> ? ValuesOf<O> : never;

/** What Pulumi keeps: inputs and outputs. */
export type StateOf<S> = Omit<InputsOf<S>, keyof OutputsOf<S>> & OutputsOf<S>;
