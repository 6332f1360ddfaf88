import * as fs from "node:fs/promises";
import { command, tryCommand } from "../command";

/** The lab's network. Every sandbox has the same one, in a namespace of its own. */
export const network = {
  bridge: "vmbr0",
  prefix: 24,
  /** Gateway: package cache and images. */
  gateway: "10.77.0.1",
  /** The Proxmox node `pve1`. */
  node: "10.77.0.2",
} as const;

/**
 * Makes the lab's network namespace: the node's bridge, with the gateway's address and the node's.
 * It has no way out.
 */
export async function ensureNetwork(netns: string): Promise<void> {
  if (!(await networkExists(netns))) await command("ip", ["netns", "add", netns]);
  const script = [
    "link set lo up",
    `link add ${network.bridge} type bridge`,
    `link set ${network.bridge} address bc:24:11:4d:00:01 up`,
    `address replace ${network.gateway}/${network.prefix} dev ${network.bridge}`,
    `address replace ${network.node}/${network.prefix} dev ${network.bridge}`,
  ];
  // Forced: what is there already from an earlier, interrupted start is not an error.
  await tryCommand("ip", ["-n", netns, "-force", "-batch", "-"], {
    stdin: `${script.join("\n")}\n`,
  });
  const shown = await command("ip", ["-n", netns, "-brief", "address", "show", network.bridge]);
  if (!shown.includes(`${network.node}/`)) {
    throw new Error(`the lab's bridge could not be made in namespace ${netns}: ${shown.trim()}`);
  }
}

export async function networkExists(netns: string): Promise<boolean> {
  return fs.access(`/run/netns/${netns}`).then(
    () => true,
    () => false,
  );
}

/** Takes the namespace away, and with it every interface in it. Fine when it is gone. */
export async function removeNetwork(netns: string): Promise<void> {
  if (await networkExists(netns)) await command("ip", ["netns", "delete", netns]);
}
