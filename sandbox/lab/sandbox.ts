import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** Names and folders of one sandbox; all follow from its directory, so that several live side by side. */
export interface Sandbox {
  /** The sandbox directory. Everything that lasts is in it. */
  dir: string;
  /** `lw-` and six digits that follow from the directory: prefix of every name outside it. */
  id: string;
  /** The lab's network namespace, as below /run/netns. */
  netns: string;
  apiDir: string;
  runDir: string;
  /** One folder a running machine, named by VM id; the node's is `node`. */
  machinesDir: string;
  volumesDir: string;
  nodeDir: string;
  /** The contents of the node's physical disks. */
  disksDir: string;
  imagesDir: string;
  stateDir: string;
  sshDir: string;
  identityFile: string;
  knownHostsFile: string;
}

/** The sandbox of `$LABWRIGHT_SANDBOX`, `.sandbox` of the checkout by default. */
export function sandboxFromEnvironment(root: string, env = process.env): Sandbox {
  return sandboxAt(env.LABWRIGHT_SANDBOX ?? path.join(root, ".sandbox"));
}

export function sandboxAt(directory: string): Sandbox {
  const dir = path.resolve(directory);
  const id = `lw-${createHash("sha256").update(dir).digest("hex").slice(0, 6)}`;
  const runDir = path.join(dir, "run");
  const sshDir = path.join(dir, "ssh");
  return {
    dir,
    id,
    netns: id,
    apiDir: path.join(dir, "api"),
    runDir,
    machinesDir: path.join(runDir, "machines"),
    volumesDir: path.join(dir, "volumes"),
    nodeDir: path.join(dir, "node"),
    disksDir: path.join(dir, "disks"),
    imagesDir: path.join(dir, "images"),
    stateDir: path.join(dir, "state"),
    sshDir,
    identityFile: path.join(sshDir, "id_ed25519"),
    knownHostsFile: path.join(sshDir, "known_hosts"),
  };
}

/** Refuses a folder that holds something else: a sandbox's folder is emptied and removed as a whole. */
export function requireSandboxFolder(sandbox: Sandbox): void {
  const names = fs.existsSync(sandbox.dir) ? fs.readdirSync(sandbox.dir) : [];
  if (names.includes("credentials.json")) return;
  const foreign = names.filter((name) => !name.startsWith("trial-"));
  if (foreign.length === 0) return;
  throw new Error(
    `${sandbox.dir} is not a sandbox's folder: it holds ${foreign.slice(0, 3).join(", ")}; ` +
      "set LABWRIGHT_SANDBOX to a folder that does not exist yet",
  );
}
