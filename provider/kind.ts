import type { Issue } from "../validation/issue";
import type { HostShell, Script, ScriptResult } from "./host/shell";
import type {
  HostConnection,
  InputsOf,
  KindSchema,
  OutputsOf,
  OwnInputsOf,
  StateOf,
} from "./schema";

/**
 * One kind of real state, as plain data and functions. The generic path around it (provider/rpc, provider/apply) does
 * schema checks, diffs, previews, secrets, locks, the ledger, reloads and errors; see provider/README.md for a
 * walk-through of `host:File`.
 */
export interface Kind<S extends KindSchema = KindSchema> {
  readonly schema: S;

  /**
   * What is wrong with the inputs beyond types, bounds and required fields, which are checked before. Pure. Values
   * that are not known yet are left out, at any depth; a list with one is left out whole. All issues at once.
   */
  check?(inputs: Known<InputsOf<S>>): Issue[];

  /**
   * Name of the thing on its host, from inputs that replace: a path, `zone/name/TYPE`. It becomes the last part of the
   * Pulumi id (`user@address:PHYSICAL`) and the ledger's key. Pure.
   */
  physical(inputs: OwnInputsOf<S>): string;

  /** The inputs that a physical name stands for, for `pulumi import`; undefined when it is not one. Pure. */
  parse(physical: string): Partial<OwnInputsOf<S>> | undefined;

  /**
   * The actual state, honestly: what is there now, in the inputs' own terms, and the outputs. Undefined when the thing
   * is not there; throws when that cannot be told. Leave out inputs that cannot be seen on a host (`validate`,
   * `reload`): the value given last is kept. An optional input without default that the program does not set is not
   * managed, and its observed value is dropped. `prior` is undefined on import.
   */
  read(
    ctx: Context,
    at: { physical: string; prior?: StateOf<S> },
  ): Promise<Observed<S> | undefined>;

  /**
   * Makes the thing as the inputs say: create (no `prior`) and update. Idempotent: an apply that was cut short is
   * simply done again. Changes go through `ctx.change()`. Gives the outputs.
   */
  apply(ctx: ApplyContext, to: { inputs: InputsOf<S>; prior?: StateOf<S> }): Promise<OutputsOf<S>>;

  /** Takes the thing away through `ctx.release()`; fine when it is gone already. */
  remove(ctx: RemoveContext, state: StateOf<S>): Promise<void>;

  /**
   * Names of outputs for whose sake an update is due although no input changed: a certificate that ends soon.
   * `now` is the time in milliseconds. Pure.
   */
  diffExtra?(
    state: StateOf<S>,
    inputs: Known<InputsOf<S>>,
    now: number,
  ): (keyof OutputsOf<S> & string)[];
}

/** Any kind, for lists of them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyKind = Kind<any>;

/** Inputs of which some are not known yet: those are left out, at any depth. */
export type Known<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: Known<T[K]> }
    : T;

/** What a read sees: inputs that show on the host, and all outputs. */
export type Observed<S> = Partial<Omit<OwnInputsOf<S>, keyof OutputsOf<S>>> & OutputsOf<S>;

/** What every function of a kind with effects gets. */
export interface Context {
  /** The shell on `inputs.host`. A kind whose place is `here` has none: using it throws. */
  readonly host: HostShell;
  /** The shell on another host, such as a certificate authority's. */
  hostAt(connection: HostConnection): HostShell;
  /** The stack it is for, as the ledger has it: `PROJECT/STACK`. */
  readonly stack: string;
  /** Aborted when Pulumi cancels. */
  readonly signal: AbortSignal;
  /** How long the operation may take, in milliseconds: Pulumi's customTimeouts, else 10 minutes. */
  readonly timeoutMs: number;
  /** A line for Pulumi's display, under the resource. No secrets. */
  info(message: string): void;
  /** The same as a warning. */
  warn(message: string): void;
}

/**
 * A change to the thing, as one script. Around `text`, in the same script: the lock; a refusal when the ledger says that
 * another resource owns it; a refusal when it exists, the ledger does not know it and `adopt` is not set; the ledger's
 * entry, written before the first effect as `pending` and as `done` after the last.
 */
export interface Change extends Script {
  /** Shell command that succeeds when the thing exists, run under the lock: `test -e /etc/motd`. */
  exists: string;
  /**
   * Shell command run once, under the lock, before `text`, when something that we did not make is adopted: to keep the
   * original. Default: nothing is kept.
   */
  adopting?: string;
  /**
   * What exists already is used as it is, without `adopt`: a package, a service. `$adopted` tells a removal that it was
   * there before us. Several stacks may then own it: it goes with its last owner. Default false.
   */
  shared?: boolean;
  /**
   * What this resource wants of a shared thing, in words for a person: `running true`. A stack that wants something else
   * of it than another is refused, unless `adopt` is set; one that leaves it empty is content with anything.
   */
  wants?: string;
  /**
   * Changes with the same name on a host go one at a time, across all stacks. Use the service's name where a service is
   * validated as a whole. Default: the kind and the physical name.
   */
  lock?: string;
  /**
   * Service to reload or restart when `text` called `changed`, also when an earlier run was cut short before it could.
   * Coalesced: one reload covers every change that was in place when it began.
   */
  activate?: {
    service: string;
    how: "reload" | "restart";
    /** Leave a service alone that does not run, or is not there yet: it reads everything when it starts. */
    onlyIfRunning?: boolean;
  };
}

/** Context of `apply`. */
export interface ApplyContext extends Context {
  /** Runs a change under the lock and the ledger. Call it once, or again with the same `exists`. */
  change(change: Change): Promise<ScriptResult>;
}

/** Context of `remove`. */
export interface RemoveContext extends Context {
  /**
   * Runs a script under the lock and then deletes the ledger's entry. Not run when the ledger says that another resource
   * owns the thing by now, or another stack owns it as well. `$adopted` is 1 when the thing was there before us, else 0.
   */
  release(
    change: Omit<Change, "exists" | "adopting" | "shared" | "wants">,
  ): Promise<ScriptResult | undefined>;
}

/** Gives a kind its types: `export const fileKind = kind({ schema: fileSchema, ... })`. */
export function kind<S extends KindSchema>(definition: Kind<S>): Kind<S> {
  return definition;
}
