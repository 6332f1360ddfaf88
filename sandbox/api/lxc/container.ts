import { createHash } from "node:crypto";
import type { CloudInitSeed, Guest } from "../../hypervisor";
import { renderNetworkConfig } from "../cloudinit/network-config";
import type { FirstLogin } from "../guests/first-login";
import type { Options } from "../guests/config-file";
import type { PveNode } from "../node";
import { parseDiskSize } from "../storage/disk-size";
import { volumesOf } from "./mount-points";
import { asCloudInit, isNetKey, parseNet } from "./networks";

const DEFAULT_MIB = 512;

export const containerName = (vmid: number, options: Options): string =>
  options.hostname ?? `CT${String(vmid)}`;

/** Host name, addresses and root's credentials, which a real node writes into the container's files. */
export function containerSeed(node: PveNode, vmid: number, options: Options): CloudInitSeed {
  const hostname = containerName(vmid, options);
  const login: FirstLogin = node.firstLogins.value[String(vmid)] ?? { sshKeys: [] };
  const lines = [
    "#cloud-config",
    `hostname: ${hostname}`,
    "manage_etc_hosts: true",
    "disable_root: false",
    "users:",
  ];
  lines.push("  - name: root", "    lock_passwd: false");
  if (login.password !== undefined) lines.push(`    hashed_passwd: '${login.password}'`);
  if (login.sshKeys.length > 0)
    lines.push("    ssh_authorized_keys:", ...login.sshKeys.map((key) => `      - ${key}`));
  const userData = `${lines.join("\n")}\n`;
  const networkConfig = renderNetworkConfig(asCloudInit(options), node.dns);
  const id = createHash("sha1")
    .update(userData + networkConfig)
    .digest("hex");
  return { userData, networkConfig, metaData: `instance-id: ${id}\n` };
}

/** What the hypervisor has to know to start a container. */
export function describeContainer(node: PveNode, vmid: number, options: Options): Guest {
  return {
    vmid,
    type: "lxc",
    name: containerName(vmid, options),
    memoryMiB: Number(options.memory ?? DEFAULT_MIB),
    cores: Number(options.cores ?? 1),
    nics: Object.keys(options)
      .filter(isNetKey)
      .sort()
      .map((key) => {
        const net = parseNet(options[key] ?? "");
        return {
          key,
          mac: net.hwaddr ?? "",
          bridge: net.bridge ?? "",
          linkDown: net.link_down === "1",
        };
      }),
    disks: volumesOf(options).map(({ key, mount }) => ({
      key,
      source: { volume: node.volumes.stored(mount.volume) },
      sizeBytes: parseDiskSize(mount.size ?? "0") ?? 0,
      boot: key === "rootfs",
    })),
    seed: containerSeed(node, vmid, options),
    agent: false,
  };
}
