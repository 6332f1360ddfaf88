import { randomBytes, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { command } from "../command";
import type { Sandbox } from "./sandbox";

/** The user that a new lab has besides root: may look at everything and change nothing. */
export const limitedUser = "limited@pve";

/**
 * Passphrase of the secrets in a sandbox's Pulumi state. The same everywhere, because the salt that belongs to it stands
 * in a stack's configuration file, which is under version control: a stack of the sandbox works on any machine
 * without a change to that file. The state itself is in the sandbox directory, which root alone can read.
 */
export const statePassphrase = "labwright-sandbox";

/** What opens this sandbox. Made once, kept in the sandbox directory, readable by root alone. */
export interface Credentials {
  /** Token of root@pam with all of its permissions, as clients send it: `root@pam!labwright=UUID`. */
  apiToken: string;
  /** Token of {@link limitedUser}. */
  limitedToken: string;
  /** Password of root@pam. */
  password: string;
}

function credentialsFile(sandbox: Sandbox): string {
  return path.join(sandbox.dir, "credentials.json");
}

export function readCredentials(sandbox: Sandbox): Credentials {
  return JSON.parse(fs.readFileSync(credentialsFile(sandbox), "utf8")) as Credentials;
}

export async function ensureCredentials(sandbox: Sandbox): Promise<Credentials> {
  const file = credentialsFile(sandbox);
  if (!fs.existsSync(file)) {
    const credentials: Credentials = {
      apiToken: `root@pam!labwright=${randomUUID()}`,
      limitedToken: `${limitedUser}!labwright=${randomUUID()}`,
      password: randomBytes(18).toString("base64url"),
    };
    fs.writeFileSync(`${file}.new`, JSON.stringify(credentials, null, 2), { mode: 0o600 });
    fs.renameSync(`${file}.new`, file);
  }
  if (!fs.existsSync(sandbox.identityFile)) {
    fs.mkdirSync(sandbox.sshDir, { recursive: true, mode: 0o700 });
    const args = ["-q", "-t", "ed25519", "-N", "", "-C", `labwright-sandbox-${sandbox.id}`];
    await command("ssh-keygen", [...args, "-f", sandbox.identityFile]);
  }
  return readCredentials(sandbox);
}

/** The public half of the sandbox's SSH key, one line. */
export function publicKey(sandbox: Sandbox): string {
  return fs.readFileSync(`${sandbox.identityFile}.pub`, "utf8").trim();
}
