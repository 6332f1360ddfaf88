import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import type { MachineConnection } from "../schema";
import { type PinnedKeyFiles, renderKnownHosts } from "./ssh-command";

/** The files that OpenSSH reads while it connects. They are there only as long. */
export interface ConnectionFiles extends PinnedKeyFiles {
  identityFile?: string;
  remove(): void;
}

const prefix = "labwright-ssh-";

/** Folders that are there now. A process that is told to end while it connects takes its own along. */
const present = new Set<string>();
process.once("exit", () => present.forEach(remove));

/**
 * Writes the pinned keys, and a private key given as text, into a folder of mode 0700, in memory where the system has
 * such a place.
 */
export function writeConnectionFiles(
  connection: MachineConnection,
  privateKey: string | undefined,
): ConnectionFiles {
  const base = temporaryFolder();
  removeStale(base);
  const folder = fs.mkdtempSync(path.join(base, `${prefix}${process.pid}-`));
  present.add(folder);
  const write = (name: string, content: string): string => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, content, { mode: 0o600 });
    return file;
  };
  return {
    host: write("known_hosts", renderKnownHosts(connection)),
    ...(connection.jump && { jump: write("known_hosts.jump", renderKnownHosts(connection.jump)) }),
    ...(privateKey !== undefined && { identityFile: write("identity", keyText(privateKey)) }),
    remove: () => remove(folder),
  };
}

/** A private key as OpenSSH reads it: it takes neither Windows' line ends nor a last line without one. */
function keyText(privateKey: string): string {
  return `${privateKey.trim().replaceAll("\r\n", "\n")}\n`;
}

function remove(folder: string): void {
  present.delete(folder);
  fs.rmSync(folder, { recursive: true, force: true });
}

function temporaryFolder(): string {
  for (const folder of [process.env.XDG_RUNTIME_DIR, "/dev/shm"]) {
    if (!folder) continue;
    try {
      fs.accessSync(folder, fs.constants.W_OK);
      return folder;
    } catch {
      // the next one
    }
  }
  return os.tmpdir();
}

/** Removes what a provider left that was killed while connecting. */
function removeStale(base: string): void {
  for (const name of fs.readdirSync(base)) {
    const pid = name.startsWith(prefix) && Number(name.slice(prefix.length).split("-")[0]);
    if (!pid || isAlive(pid)) continue;
    try {
      fs.rmSync(path.join(base, name), { recursive: true, force: true });
    } catch {
      // another user's
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
