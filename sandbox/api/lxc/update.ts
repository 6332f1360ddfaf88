import { badParameters, failure } from "../api-error";
import { checkLock } from "../guests/guest-store";
import { splitList } from "../guests/option-values";
import type { Call } from "../routes/call";
import { configSchema } from "../schema/api-schema";
import { parseDiskSize, printDiskSize, roundUpToKiB } from "../storage/disk-size";
import { normaliseOption } from "./create";
import {
  allocateMountPoint,
  checkMountPoint,
  isMountKey,
  parseMountPoint,
  printMountPoint,
} from "./mount-points";

const entryOf = (vmid: number) => ({ vmid, type: "lxc" }) as const;

/** `PUT config`: options take effect at once, as they do in a container. */
export async function updateContainer(call: Call): Promise<null> {
  const { node, vmid } = call;
  const entry = entryOf(vmid);
  const set = call.without("delete", "revert", "digest");
  const remove = splitList(call.optional("delete") ?? "");
  if (Object.keys(set).length + remove.length === 0 && call.optional("revert") === undefined)
    throw failure("no options specified");
  const unknown = remove.find((key) => !Object.hasOwn(configSchema("lxc"), key));
  if (unknown !== undefined) throw badParameters({ delete: `unknown option '${unknown}'` });
  checkLock(node.guests.load(entry));
  for (const [key, value] of Object.entries(set))
    if (isMountKey(key)) checkMountPoint(node, key, value, call.isRoot);
  await node.locks.with(vmid, async () => {
    const config = node.guests.load(entry);
    node.guests.checkDigest(entry, call.optional("digest"));
    checkLock(config);
    for (const key of remove) {
      const value = config.options[key];
      Reflect.deleteProperty(config.options, key);
      if (value !== undefined && isMountKey(key))
        keepUnused(config.options, parseMountPoint(key, value).volume);
    }
    for (const [key, value] of Object.entries(set)) {
      config.options[key] = isMountKey(key)
        ? (await allocateMountPoint(node, vmid, key, value, () => undefined)).value
        : normaliseOption(key, value, node.macPrefix);
    }
    node.guests.save(entry, config);
  });
  return null;
}

function keepUnused(options: Record<string, string>, volid: string): void {
  if (volid.startsWith("/")) return;
  let n = 0;
  while (options[`unused${String(n)}`] !== undefined) n++;
  options[`unused${String(n)}`] = volid;
}

/** `PUT resize`. */
export function resizeMountPoint(call: Call): string {
  const { node, vmid } = call;
  const key = call.text("disk");
  const entry = entryOf(vmid);
  node.guests.checkDigest(entry, call.optional("digest"));
  checkLock(node.guests.load(entry));
  return call.task("resize", String(vmid), (task) =>
    node.locks.with(
      vmid,
      async () => {
        const config = node.guests.load(entry);
        const value = config.options[key];
        if (value === undefined) throw failure(`no such mount point '${key}'`);
        const mount = parseMountPoint(key, value);
        const actual = await node.volumes.sizeBytes(mount.volume);
        if (actual === undefined) throw failure(`volume '${mount.volume}' does not exist`);
        const text = call.text("size");
        const given = parseDiskSize(text.replace(/^\+/, "")) ?? 0;
        const wanted = text.startsWith("+") ? actual + given : given;
        if (wanted < actual) throw failure("unable to shrink disk size");
        if (wanted > actual) await node.volumes.resize(mount.volume, roundUpToKiB(wanted));
        config.options[key] = printMountPoint(key, { ...mount, size: printDiskSize(wanted) });
        node.guests.save(entry, config);
      },
      task.log,
    ),
  );
}
