import { errorText, failure } from "../api-error";
import { checkLock } from "../guests/guest-store";
import { emptyConfig, type Options } from "../guests/config-file";
import { omit } from "../omit";
import { addToPool, checkMayAllocate } from "../qemu/create";
import type { Call } from "../routes/call";
import { parseVolumeId } from "../storage/volume-id";
import type { Log } from "../storage/volumes";
import { isMountKey, printMountPoint, volumesOf } from "./mount-points";
import { isNetKey, normaliseNet, parseNet } from "./networks";

/** `POST clone` of a container: always with a copy of its volumes. */
export function cloneContainer(call: Call): string {
  const { node, vmid } = call;
  const newid = Number(call.text("newid"));
  const pool = call.optional("pool");
  checkMayAllocate(call, newid, pool);
  const storage = call.optional("storage");
  if (storage !== undefined) node.storages.get(storage);
  const config = node.guests.load({ vmid, type: "lxc" });
  checkLock(config);
  if (node.guests.typeOf(newid) !== undefined)
    throw failure(`unable to create CT ${String(newid)}: config file already exists`);
  const entry = { vmid: newid, type: "lxc" } as const;
  node.guests.save(entry, emptyConfig({ lock: "create" }));
  return call.task("vzclone", String(vmid), (task) =>
    node.locks.with(newid, () =>
      node.locks.shared(
        vmid,
        async () => {
          const options = await copy(call, config.options, newid, storage, task.log);
          options.hostname =
            call.optional("hostname") ?? config.options.hostname ?? `CT${String(newid)}`;
          const description = call.optional("description");
          if (description !== undefined) options.description = description;
          const login = node.firstLogins.value[String(vmid)];
          if (login !== undefined) node.firstLogins.value[String(newid)] = login;
          node.firstLogins.save();
          node.guests.save(entry, emptyConfig(options));
          if (pool !== undefined) addToPool(call, pool, newid);
        },
        task.log,
      ),
    ),
  );
}

async function copy(
  call: Call,
  source: Options,
  newid: number,
  storage: string | undefined,
  log: Log,
): Promise<Options> {
  const { node } = call;
  const options: Options = {};
  const made: string[] = [];
  try {
    for (const [key, value] of Object.entries(omit(source, "template", "lock", "parent")))
      if (isNetKey(key)) options[key] = withNewAddress(String(value), node.macPrefix);
      else if (!isMountKey(key) && !key.startsWith("unused")) options[key] = String(value);
    for (const { key, mount } of volumesOf(source)) {
      const record = node.volumes.image(mount.volume);
      if (record === undefined) throw failure(`volume '${mount.volume}' does not exist`);
      log(`create full clone of mountpoint ${key} (${mount.volume})`);
      const target = storage ?? parseVolumeId(mount.volume).storage;
      const spec = {
        storage: target,
        vmid: newid,
        format: record.format,
        sizeBytes: record.sizeBytes,
      };
      const volume = await node.volumes.clone(mount.volume, spec, log, false);
      made.push(volume);
      options[key] = printMountPoint(key, { ...mount, volume });
    }
  } catch (error) {
    for (const volid of made) await node.volumes.remove(volid);
    node.guests.remove({ vmid: newid, type: "lxc" });
    throw new Error(`clone failed: ${errorText(error)}`, { cause: error });
  }
  return options;
}

function withNewAddress(value: string, macPrefix: string): string {
  const net = omit(parseNet(value), "hwaddr");
  const text = Object.entries(net).map(([key, part]) => `${key}=${part}`);
  return normaliseNet(text.join(","), macPrefix);
}
