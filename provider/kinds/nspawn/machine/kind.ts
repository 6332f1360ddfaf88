import { checkContainerName } from "../../../../validation/nspawn";
import { quote } from "../../../host/quote";
import { shellSource } from "../../../host/shell-source";
import { kind } from "../../../kind";
import type { InputsOf } from "../../../schema";
import { checkMachine } from "./check";
import { limitProperties, observedLimits, renderLimits } from "./limits";
import { NETWORK_FILE, parseNetworkFile, renderNetworkFile } from "./network-file";
import { type FileInputs, parseNspawnFile, renderNspawnFile } from "./nspawn-file";
import { machineSchema } from "./schema";

type Inputs = InputsOf<typeof machineSchema>;

/** Half a minute beyond the 90 s that a unit may take to stop (DefaultTimeoutStopSec, systemd-system.conf(5)), twice. */
const SHORTEST_MS = 240_000;

/** `labwright:nspawn:Machine`. */
export const machineKind = kind({
  schema: machineSchema,
  check: checkMachine,
  physical: ({ name }) => name,
  parse: (physical) => (checkContainerName(physical) ? undefined : { name: physical }),

  async read(ctx, { physical: name, prior }) {
    const { fields } = await ctx.host.query({
      step: `look at container ${name}`,
      text: `${functions(name)}
observe ${limitProperties.map((property) => `-p ${property}`).join(" ")}`,
    });
    if (!fields.tree) return undefined;
    return {
      name,
      // A tree that does not say what it is a clone of may still be one.
      ...((fields.image || !prior) && { image: fields.image ?? "" }),
      ...observedFiles(prior, fields.settings ?? "", fields.network),
      limits: observedLimits(prior?.limits, fields.shown ?? "", fields.dropIn),
      startAtBoot: fields.enabled === "enabled",
      running: ["active", "activating", "reloading"].includes(fields.active ?? ""),
      unit: unitOf(name),
    };
  },

  async apply(ctx, { inputs, prior }) {
    const { name, image, startAtBoot, running } = inputs;
    const at = quote(name);
    await ctx.change({
      step: `set container ${name}`,
      text: `${functions(name)}
need_nspawn
make_tree ${quote(image)}
make_sources
settle ${Number(startAtBoot)} ${Number(running)}
${prior ? "limit_again" : ":"}`,
      files: machineFiles(inputs),
      exists: `[ -e /var/lib/machines/${at} ] || [ -e /etc/systemd/nspawn/${at}.nspawn ]`,
      adopting: `if [ -f /etc/systemd/nspawn/${at}.nspawn ]; then keep_original /etc/systemd/nspawn/${at}.nspawn; fi`,
      timeoutMs: Math.max(ctx.timeoutMs, SHORTEST_MS),
    });
    return { unit: unitOf(name) };
  },

  async remove(ctx, { name }) {
    await ctx.release({
      step: `delete container ${name}`,
      text: `${functions(name)}\nremove_machine`,
      timeoutMs: Math.max(ctx.timeoutMs, SHORTEST_MS),
    });
  },
});

const unitOf = (name: string): string => `systemd-nspawn@${name}.service`;

function functions(name: string): string {
  return `${shellSource("kinds/nspawn/nspawn.sh")}
${shellSource("kinds/nspawn/machine/machine.sh")}
places ${quote(name)}`;
}

/** The files of a container, by their names in the script that puts them in place. Pure. */
export function machineFiles(inputs: Inputs): Record<string, string> {
  const { name, network, files } = inputs;
  const networkFile = renderNetworkFile(network);
  const limits = renderLimits(inputs.limits);
  const sources = (files.binds ?? []).map(({ source }) => `${source}\n`).join("");
  return {
    settings: renderNspawnFile(networkFile ? withNetworkFile(inputs, name) : inputs),
    ...(networkFile && { network: networkFile }),
    ...(limits && { limits }),
    ...(sources && { sources }),
  };
}

/** The bind that shows a container its own address; ours and not the program's, so a read leaves it out again. */
function networkBind(name: string) {
  const source = `/var/lib/labwright/nspawn/${name}.network`;
  return { source, path: NETWORK_FILE, readOnly: true, idmap: false };
}

function withNetworkFile(inputs: FileInputs, name: string): FileInputs {
  const binds = [...(inputs.files.binds ?? []), networkBind(name)];
  return { ...inputs, files: { ...inputs.files, binds } };
}

/** What the settings file and the container's network file say, where they are not what was put there. Pure. */
export function observedFiles(
  prior: Inputs | undefined,
  settings: string,
  network: string | undefined,
): FileInputs {
  const wanted = prior && machineFiles(prior);
  if (prior && wanted?.settings === settings && wanted.network === network) {
    const { exec, network: net, files, settings: more } = prior;
    return { exec, network: net, files, settings: more };
  }
  const seen = parseNspawnFile(settings);
  const { binds, ...files } = seen.files;
  const isOurs = ({ path }: { path: string }): boolean => path === NETWORK_FILE;
  const shown = binds?.some(isOurs) ? parseNetworkFile(network ?? "") : {};
  const others = binds?.filter((bind) => !isOurs(bind)) ?? [];
  return {
    ...seen,
    network: { ...seen.network, ...shown },
    files: { ...(others.length > 0 && { binds: others }), ...files },
  };
}
