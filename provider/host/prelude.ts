import { quote } from "./quote";
import { shellSource } from "./shell-source";

/** Where the provider keeps things on a host. */
export interface HostFolders {
  /** What must outlive a reboot: the ledger, originals. */
  state: string;
  /** What must not: locks, reload counters. */
  run: string;
}

const folders: HostFolders = { state: "/var/lib/labwright", run: "/run/labwright" };

/** The shell functions that every script on a host has. */
export function prelude({ state, run }: HostFolders = folders): string {
  return [
    `state_folder=${quote(state)} run_folder=${quote(run)}\n`,
    ...["host/machine-id.sh", "host/script.sh", "apply/lock.sh", "apply/ledger.sh"].map(
      shellSource,
    ),
    ...["apply/activate.sh", "apply/file.sh", "apply/directory.sh", "apply/change.sh"].map(
      shellSource,
    ),
  ].join("\n");
}
