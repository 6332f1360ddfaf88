import * as pulumi from "@pulumi/pulumi";
import * as settings from "@pulumi/pulumi/runtime/settings";
import * as state from "@pulumi/pulumi/runtime/state";
import { RecordedLab } from "./recorded-lab";
import { RecordingMonitor } from "./recording-monitor";
import type { Simulate } from "./simulate";

/** How a program is recorded. */
export interface RecordOptions {
  /** Project's name. Default `lab`. */
  project?: string;
  /** Stack's name. Default `test`. */
  stack?: string;
  /** Run as `pulumi preview` does: ids and outputs of new resources are unknown. Default false. */
  preview?: boolean;
  /** Configuration by full key, e.g. `{ "proxmox:node": "pve1" }`. */
  config?: Record<string, string>;
  /** Keys of `config` that are secret. */
  secretConfig?: string[];
  /** What resources come back with. Default: plausible outputs for Labwright's own kinds, inputs for the rest. */
  simulate?: Simulate;
  /**
   * Outputs of other stacks by their names, for `labReference` and `pulumi.StackReference`. A stack that is not among them
   * does not exist. Default none.
   */
  stacks?: Record<string, Record<string, unknown>>;
  /** Answers calls of provider functions. Default: an empty result. */
  invoke?: (token: string, args: Record<string, unknown>) => Record<string, unknown>;
}

/** Parts of the SDK that its published types leave out. */
interface LocalStore {
  settings: { rpcDone: Promise<unknown> };
}
const { withLocalStorage, getStore } = state as unknown as {
  withLocalStorage<T>(run: () => T): T;
  getStore(): LocalStore;
};
const { setMockOptions, waitForRPCs } = settings as unknown as {
  setMockOptions(
    monitor: object,
    project: string,
    stack: string,
    preview: boolean,
    organization: string,
  ): void;
  waitForRPCs(): Promise<void>;
};

/** Features the SDK believes the engine to have; those of the engine that Labwright asks for. */
const FEATURES = {
  supportsSecrets: true,
  supportsResourceReferences: true,
  supportsOutputValues: false,
  supportsDeletedWith: true,
  supportsReplaceWith: true,
  supportsAliasSpecs: true,
  supportsTransforms: true,
  supportsInvokeTransforms: true,
  supportsParameterization: true,
  supportsResourceHooks: true,
  supportsErrorHooks: true,
};

/** How long a program may still go on after an error that nobody awaited, in milliseconds: its own error comes first. */
const SETTLE_MS = 50;

let previous: Promise<unknown> = Promise.resolve();

/**
 * Runs a lab's program without engine, provider or machine, and returns every resource it asked for: inputs, secret and
 * unknown marks, parent, dependencies and options.
 *
 * Rejects with the program's own error, with the first error of an `apply` nobody awaited, and when two resources share
 * a URN. Runs that overlap wait for each other.
 *
 * ```ts
 * const lab = await recordLab(() => {
 *   const host = existingHost({ name: "ns", address: "10.77.0.53", hostKey: HOST_KEY });
 *   const zone = new BindServer("dns", { host }).zone("home.arpa");
 *   new DnsRecord("wiki", { zone, type: "A", values: "10.77.0.80" });
 * });
 * assert.deepEqual(lab.get("wiki", "labwright:dns:Record").inputs["values"], ["10.77.0.80"]);
 * ```
 */
export function recordLab<T>(
  program: () => T | Promise<T>,
  options: RecordOptions = {},
): Promise<RecordedLab<T>> {
  const run = previous.then(() => record(program, options));
  previous = run.catch(() => undefined);
  return run;
}

async function record<T>(
  program: () => T | Promise<T>,
  options: RecordOptions,
): Promise<RecordedLab<T>> {
  const project = options.project ?? "lab";
  const stack = options.stack ?? "test";
  const preview = options.preview ?? false;
  const monitor = new RecordingMonitor({
    project,
    stack,
    preview,
    simulate: options.simulate ?? (() => undefined),
    invoke: options.invoke ?? (() => ({})),
    stacks: options.stacks ?? {},
  });
  return withLocalStorage(async () => {
    setMockOptions(monitor, project, stack, preview, "organization");
    Object.assign(getStore(), FEATURES);
    pulumi.runtime.setAllConfig(options.config ?? {}, options.secretConfig);
    const value = await catchingRejections(async () => {
      try {
        return await program();
      } finally {
        await untilQuiet();
      }
    });
    const [failure] = monitor.failures;
    if (failure) throw failure;
    return new RecordedLab(value, monitor.resources, monitor.invokes);
  });
}

/** An `apply` that fails after the last request was sent starts no further one; three calm rounds are the end. */
async function untilQuiet(): Promise<void> {
  const { settings: local } = getStore();
  for (let calm = 0; calm < 3;) {
    const before = local.rpcDone;
    await waitForRPCs();
    await new Promise((resolve) => setImmediate(resolve));
    calm = before === local.rpcDone ? calm + 1 : 0;
  }
}

/** Test runners swallow rejections or die of them; here they fail the recording, and nothing else. */
async function catchingRejections<T>(run: () => Promise<T>): Promise<T> {
  const rejections: unknown[] = [];
  let giveUp: (reason: unknown) => void = () => undefined;
  // A resource one of whose inputs failed is never registered: waiting for it would never end.
  const failed = new Promise<never>((_, reject) => (giveUp = reject));
  failed.catch(() => undefined);
  const listener = (reason: unknown) => {
    rejections.push(reason);
    setTimeout(() => giveUp(rejections[0]), SETTLE_MS);
  };
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", listener);
  try {
    const value = await Promise.race([run(), failed]);
    if (rejections.length > 0) throw rejections[0];
    return value;
  } finally {
    process.off("unhandledRejection", listener);
    for (const other of others) process.on("unhandledRejection", other);
  }
}
