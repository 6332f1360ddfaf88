import { describeHost } from "../../../host/errors";
import type { HostShell, Script } from "../../../host/shell";
import { shellSource } from "../../../host/shell-source";
import { type Context, kind } from "../../../kind";
import type { OutputsOf } from "../../../schema";
import { parseOsRelease } from "./os-release.parse";
import { machineSchema } from "./schema";

type Facts = OutputsOf<typeof machineSchema>;

/** Between two signs of life while a machine boots, in milliseconds. */
const STATUS_MS = 15_000;

/** `labwright:host:Machine`. */
export const machineKind = kind({
  schema: machineSchema,
  physical: () => "machine",
  parse: (physical) => (physical === "machine" ? {} : undefined),

  async read(ctx, { prior }) {
    const facts = await readFacts(ctx.host);
    if (prior && prior.machineId !== facts.machineId) {
      ctx.warn(
        `${describeHost(prior.host)} is another machine by now (id ${facts.machineId} instead of ${prior.machineId}): ` +
          `what was on the old one is gone with it, and the next pulumi up makes it on this one`,
      );
    }
    return facts;
  },

  async apply(ctx, { inputs }) {
    const deadline = Date.now() + inputs.bootTimeoutSeconds * 1000;
    await telling(ctx, inputs.host.inside ? "waiting for the container" : "waiting for sshd", () =>
      ctx.host.waitUntilReachable({
        timeoutMs: inputs.bootTimeoutSeconds * 1000,
        signal: ctx.signal,
      }),
    );
    if (inputs.waitForCloudInit) {
      const { fields } = await telling(ctx, "waiting for cloud-init", () =>
        ctx.host.run({
          ...script("wait for cloud-init", "await_cloud_init"),
          timeoutMs: Math.max(1000, deadline - Date.now()),
        }),
      );
      if (fields.warning) ctx.warn(`cloud-init is done, with warnings: ${fields.warning}`);
    }
    const { fields } = await ctx.host.run(script("give it an id", "give_id"));
    // Everything else on this machine asks the connection for the id, which it got when it was opened.
    if (fields.given) ctx.host.reconnect();
    return readFacts(ctx.host);
  },

  async remove() {
    // The machine stays as it is: only Pulumi's knowledge of it ends.
  },
});

function script(step: string, text: string): Script {
  return { step, text: `${shellSource("kinds/host/machine/machine.sh")}\n${text}` };
}

async function readFacts(host: HostShell): Promise<Facts> {
  const { fields } = await host.query(script("read the machine's facts", "facts"));
  const { machineId, initSystem, packageManager, hostname, architecture } = fields;
  const { ID: distribution = "", VERSION_ID: release = "" } = parseOsRelease(
    fields.osRelease ?? "",
  );
  return {
    machineId: machineId!,
    distribution,
    release,
    initSystem: initSystem!,
    packageManager: packageManager!,
    hostname: hostname!,
    architecture: architecture!,
  };
}

/** Says what is waited for, and goes on saying so. */
async function telling<T>(ctx: Context, what: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  ctx.info(what);
  const timer = setInterval(() => {
    ctx.info(`${what}, ${Math.round((Date.now() - start) / 1000)} s`);
  }, STATUS_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
