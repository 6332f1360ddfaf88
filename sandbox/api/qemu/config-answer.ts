import { failure } from "../api-error";
import type { Options } from "../guests/config-file";
import type { Call } from "../routes/call";
import { typedValue } from "../schema/api-schema";

const HIDDEN_PASSWORD = "**********";

/** Options as the API answers them: numbers where they are numbers, the password hidden. */
export function answerOptions(options: Options, type: "qemu" | "lxc"): Record<string, unknown> {
  const shown = Object.entries(options).map(([key, value]) => [
    key,
    key === "cipassword" ? HIDDEN_PASSWORD : typedValue(type, key, value),
  ]);
  return Object.fromEntries(shown) as Record<string, unknown>;
}

const kind = (call: Call): "qemu" | "lxc" => (call.url.includes("/lxc/") ? "lxc" : "qemu");

/** `GET config`: with what waits for the next start, unless `current` or `snapshot` says otherwise. */
export function configForAnswer(call: Call): unknown {
  const { node, vmid } = call;
  const type = kind(call);
  const config = node.guests.load({ vmid, type });
  const snapshot = call.optional("snapshot");
  const digest = node.guests.digest({ vmid, type });
  if (snapshot !== undefined) {
    const options = config.snapshots[snapshot];
    if (options === undefined) throw failure(`snapshot '${snapshot}' does not exist`);
    return { ...answerOptions(options, type), digest };
  }
  if (call.flag("current")) return { ...answerOptions(config.options, type), digest };
  const options = { ...config.options, ...config.pending };
  for (const key of Object.keys(config.pendingDelete)) Reflect.deleteProperty(options, key);
  return { ...answerOptions(options, type), digest };
}

/** `GET pending`: every option with its value now and what it will be. */
export function pendingForAnswer(call: Call): unknown {
  const { node, vmid } = call;
  const type = kind(call);
  const config = node.guests.load({ vmid, type });
  const now = answerOptions(config.options, type);
  const next = answerOptions(config.pending, type);
  const keys = [...new Set([...Object.keys(now), ...Object.keys(next)])];
  const entries = keys.map((key) => ({
    key,
    ...(now[key] !== undefined && { value: now[key] }),
    ...(next[key] !== undefined && { pending: next[key] }),
    ...(config.pendingDelete[key] !== undefined && { delete: config.pendingDelete[key] ? 2 : 1 }),
  }));
  return [...entries, { key: "digest", value: node.guests.digest({ vmid, type }) }];
}
