import * as fs from "node:fs";
import * as path from "node:path";
import { command } from "../command";
import { findMachine, startMachine } from "../machines/machine-run";
import { nspawnPath } from "../machines/data-disks";
import { ensurePhysicalDisks, type PhysicalDisk } from "../machines/physical-disks";
import { publicKey } from "./credentials";
import { network } from "./network";
import { nodeFiles } from "./node-machine.render";
import type { Sandbox } from "./sandbox";

const gibibyte = 2 ** 30;

/** The node's physical disks, as below /dev/disk/by-id. */
export const nodeDisks: readonly PhysicalDisk[] = [
  { id: "ata-LABDISK_1G_0001", sizeBytes: gibibyte },
  { id: "ata-LABDISK_1G_0002", sizeBytes: gibibyte },
  { id: "ata-LABDISK_2G_0003", sizeBytes: 2 * gibibyte },
];

const diskName = (n: number): string => `sd${String.fromCharCode("b".charCodeAt(0) + n)}`;

/** Folder of the run of the Proxmox node `pve1`. */
export function nodeRunDir(sandbox: Sandbox): string {
  return path.join(sandbox.machinesDir, "node");
}

/**
 * Starts the Proxmox node `pve1` if it does not run: a machine whose network is the lab's own, so
 * that the bridge, the guests' interfaces and the API are on it, and whose storages' folders are the
 * API's.
 */
export async function ensureNode(
  sandbox: Sandbox,
  base: string,
  storages: Record<string, string>,
): Promise<void> {
  const runDir = nodeRunDir(sandbox);
  const disks = await ensurePhysicalDisks(sandbox.disksDir, nodeDisks);
  if (findMachine(runDir)) return;
  const upper = path.join(sandbox.nodeDir, "upper");
  fs.mkdirSync(upper, { recursive: true, mode: 0o755 });
  fs.mkdirSync(path.join(sandbox.nodeDir, "work"), { recursive: true });
  fs.mkdirSync(runDir, { recursive: true });
  await placeFiles(sandbox, upper, storages);

  const mounts = Object.entries(storages).map(([id, target]) => {
    const source = path.join(sandbox.apiDir, "storage", id);
    fs.mkdirSync(source, { recursive: true });
    return { source, target };
  });
  // The node's, as sdb and so on, by the names that guests are given them by.
  const links = disks.map(({ id }, n) => `L+ /dev/disk/by-id/${id} - - - - ../../${diskName(n)}\n`);
  const tmpfiles = path.join(runDir, "disks.conf");
  fs.writeFileSync(tmpfiles, links.join(""));
  await startMachine({
    runDir,
    base,
    volume: sandbox.nodeDir,
    machine: `${sandbox.id}-node`,
    netns: sandbox.netns,
    network: "lab",
    interfaces: [],
    cgroup: `${sandbox.id}/node`,
    limits: {},
    mounts,
    devices: [],
    nspawnArgs: [
      ...disks.map(({ device }, n) => `--bind=${device}:/dev/${diskName(n)}`),
      `--bind-ro=${nspawnPath(tmpfiles)}:/usr/lib/tmpfiles.d/disks.conf`,
    ],
  });
}

async function placeFiles(
  sandbox: Sandbox,
  upper: string,
  storages: Record<string, string>,
): Promise<void> {
  const files = nodeFiles({ address: network.node, authorizedKey: publicKey(sandbox), storages });
  for (const { name, text, mode, folderMode } of files) {
    const file = path.join(upper, name);
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: folderMode });
    fs.writeFileSync(file, text, { mode });
  }
  // The lab's bridge is not this machine's to configure.
  const units = path.join(upper, "etc/systemd/system");
  fs.mkdirSync(units, { recursive: true });
  for (const unit of [
    "systemd-networkd.service",
    "systemd-networkd.socket",
    "systemd-resolved.service",
  ]) {
    fs.rmSync(path.join(units, unit), { force: true });
    fs.symlinkSync("/dev/null", path.join(units, unit));
  }
  const hostKey = path.join(upper, "etc/ssh/ssh_host_ed25519_key");
  fs.mkdirSync(path.dirname(hostKey), { recursive: true });
  if (!fs.existsSync(hostKey)) {
    await command("ssh-keygen", [
      "-q",
      "-t",
      "ed25519",
      "-N",
      "",
      "-C",
      "root@pve1",
      "-f",
      hostKey,
    ]);
  }
}
