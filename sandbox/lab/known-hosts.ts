import * as fs from "node:fs";
import { findMachine } from "../machines/machine-run";
import { viewMachine } from "./guest-view";
import { network } from "./network";
import { nodeRunDir } from "./node-machine";
import type { Sandbox } from "./sandbox";
import { runningGuests } from "./running-guests";

/** Lines of known_hosts(5) for machines with these addresses and host keys. */
export function renderKnownHosts(machines: { names: string[]; hostKeys: string[] }[]): string {
  return machines
    .filter(({ names }) => names.length > 0)
    .flatMap(({ names, hostKeys }) => hostKeys.map((key) => `${names.join(",")} ${key}\n`))
    .join("");
}

/**
 * Writes the sandbox's known_hosts file as the machines are now. It is trustworthy because the keys
 * are read from the machines' own files and not off the network.
 */
export function writeKnownHosts(sandbox: Sandbox): void {
  const node = findMachine(nodeRunDir(sandbox));
  const machines = runningGuests(sandbox).map(({ machine, runDir }) => {
    const { addresses, hostKeys } = viewMachine(runDir, machine);
    return { names: addresses, hostKeys };
  });
  if (node) {
    const { hostKeys } = viewMachine(nodeRunDir(sandbox), node);
    machines.unshift({ names: [network.node, "pve1"], hostKeys });
  }
  const text = renderKnownHosts(machines);
  const file = sandbox.knownHostsFile;
  if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === text) return;
  // Written in place: `exec` has this very file mounted over the user's own.
  fs.writeFileSync(file, text, { mode: 0o600 });
}
