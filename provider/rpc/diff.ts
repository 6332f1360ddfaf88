import type { AnyKind } from "../kind";
import type { Fields, FieldType } from "../schema";
import {
  hasUnknown,
  isObject,
  knownPart,
  marksMore,
  type Properties,
  reveal,
  sameValue,
  Secret,
  UNKNOWN,
  type Value,
} from "./value";

/** One difference, at a property path in Pulumi's notation. */
export interface Difference {
  path: string;
  kind: "add" | "delete" | "update";
  replaces: boolean;
  /** Whether it is between inputs; else an output is due for renewal. */
  input: boolean;
}

/** What an update would change. */
export interface Diff {
  differences: Difference[];
  /** Top-level properties that force a replacement. */
  replaces: string[];
  /** The new thing would have the old one's name on the same machine, so the old one has to go first. */
  deleteBeforeReplace: boolean;
}

/** Compares inputs by value, and asks the kind what else is due. Pure. */
export function diffInputs(
  kind: AnyKind,
  old: { inputs: Properties; state: Properties },
  next: Properties,
  now: number,
): Diff {
  const fields = kind.schema.inputs as Fields;
  const differences: Difference[] = [];
  for (const name of new Set([...Object.keys(old.inputs), ...Object.keys(next)])) {
    // To adopt is a permission, not a property of the thing.
    if (name === "adopt") continue;
    const field = fields[name];
    const found = compare(
      old.inputs[name],
      next[name],
      name,
      field?.type,
      field?.options.replaces ?? false,
    );
    differences.push(...found);
    if (found.length === 0 && marksMore(old.inputs[name], next[name])) {
      differences.push({ path: name, kind: "update", replaces: false, input: true });
    }
  }
  for (const name of dueOutputs(kind, old.state, next, now)) {
    if (!differences.some(({ path }) => path === name)) {
      differences.push({ path: name, kind: "update", replaces: false, input: false });
    }
  }
  const replaces = new Set(differences.filter((d) => d.replaces).map(({ path }) => topOf(path)));
  return {
    differences,
    replaces: [...replaces],
    deleteBeforeReplace: replaces.size > 0 && takesSamePlace(kind, old.inputs, next),
  };
}

function compare(
  old: Value | undefined,
  next: Value | undefined,
  path: string,
  type: FieldType | undefined,
  replaces: boolean,
): Difference[] {
  if (sameValue(old, next)) return [];
  const one = (kind: Difference["kind"]): Difference[] => [{ path, kind, replaces, input: true }];
  if (old === undefined) return one("add");
  if (next === undefined) return one("delete");
  const a = bare(old);
  const b = bare(next);
  if (isObject(a) && isObject(b) && (type?.type === "object" || type?.type === "map")) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].flatMap((name) => {
      const field = type.type === "object" ? type.object.fields[name] : undefined;
      const inner = type.type === "map" ? type.values : field?.type;
      return compare(
        a[name],
        b[name],
        join(path, name),
        inner,
        replaces || field?.options.replaces === true,
      );
    });
  }
  if (Array.isArray(a) && Array.isArray(b) && (type?.type === "list" || type?.type === "texts")) {
    const items = type.type === "list" ? type.items : undefined;
    return Array.from({ length: Math.max(a.length, b.length) }).flatMap((_, index) =>
      compare(a[index], b[index], `${path}[${index}]`, items, replaces),
    );
  }
  return one("update");
}

function dueOutputs(kind: AnyKind, state: Properties, next: Properties, now: number): string[] {
  if (!kind.diffExtra) return [];
  const known = knownPart(reveal(next)) as Parameters<typeof kind.diffExtra>[1];
  return kind.diffExtra(reveal(state) as never, known, now);
}

/** Whether both would be the same thing on the same machine, or that cannot be told yet. */
function takesSamePlace(kind: AnyKind, old: Properties, next: Properties): boolean {
  if (kind.schema.place === "here") return false;
  const machine = (inputs: Properties): Value | undefined => {
    const host = bare(inputs.host ?? null);
    return isObject(host) ? bare(host.machineId ?? null) : host;
  };
  const before = machine(old);
  const after = machine(next);
  if (before !== after && before !== UNKNOWN && after !== UNKNOWN) return false;
  const replacing = Object.entries(kind.schema.own as Fields).filter(([, f]) => f.options.replaces);
  if (replacing.some(([name]) => hasUnknown(next[name]))) return true;
  return kind.physical(reveal(old) as never) === kind.physical(reveal(next) as never);
}

function bare(value: Value): Value {
  return value instanceof Secret ? bare(value.value) : value;
}

function join(path: string, name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}

function topOf(path: string): string {
  return path.split(/[.[]/)[0]!;
}
