import type { AnyKind } from "../kind";
import type { FieldOptions, Fields } from "../schema";
import { hasSecret, type Properties, sameValue, Secret, UNKNOWN, type Value } from "./value";

/** Inputs and outputs as one state. An output of an optional input's name stands for that input. Pure. */
export function assembleState(
  kind: AnyKind,
  inputs: Properties,
  outputs: Readonly<Record<string, unknown>>,
): Properties {
  const state: Properties = { ...inputs };
  for (const [name, { options }] of Object.entries(kind.schema.outputs as Fields)) {
    const value = outputs[name] as Value | undefined;
    if (value === undefined) continue;
    state[name] = mark(value, isSecret(options, inputs) || hasSecret(inputs[name]));
  }
  return state;
}

function isSecret({ secret, secretWith }: FieldOptions, inputs: Properties): boolean {
  return secret === true || (secretWith !== undefined && hasSecret(inputs[secretWith]));
}

/** What a preview may show of the outputs. Pure. */
export function previewOutputs(kind: AnyKind, inputs: Properties, old?: Properties): Properties {
  const outputs: Properties = {};
  const moved = kind.schema.place === "machine" && !sameValue(inputs.host, old?.host);
  for (const [name, { options }] of Object.entries(kind.schema.outputs as Fields)) {
    const known = inputs[name] ?? (options.stable && !moved ? old?.[name] : undefined);
    outputs[name] = known ?? mark(UNKNOWN, isSecret(options, inputs));
  }
  return outputs;
}

/**
 * The inputs that describe what was observed: what cannot be seen keeps the value given last, what equals it keeps its
 * secret marks, what drifted is as secret as it was. Pure.
 */
export function observedInputs(
  kind: AnyKind,
  prior: Properties,
  observed: Readonly<Record<string, unknown>>,
): Properties {
  const inputs = new Map(Object.entries(prior));
  for (const [name, { options }] of Object.entries(kind.schema.own as Fields)) {
    if (!(name in observed)) continue;
    const before = prior[name];
    // Not managed: the program leaves it to the host.
    if (options.optional && before === undefined) continue;
    const value = observed[name] as Value | undefined;
    if (value === undefined || value === null) inputs.delete(name);
    else if (!sameValue(before, value)) {
      inputs.set(name, mark(value, options.secret === true || hasSecret(before)));
    }
  }
  return Object.fromEntries(inputs);
}

function mark(value: Value, secret: boolean): Value {
  return secret && !(value instanceof Secret) ? new Secret(value) : value;
}
