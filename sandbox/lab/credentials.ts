import { randomBytes, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { command } from "../command";
import type { Sandbox } from "./sandbox";

/** What opens this sandbox. Made once, kept in the sandbox directory, readable by root alone. */
export interface Credentials {
  /** Token of root@pam with all of its permissions, as clients send it: `root@pam!labwright=UUID`. */
  apiToken: string;
  /** Token of the user `limited@pve`, which may look and not touch; there once the lab is seeded. */
  limitedToken?: string;
  /** Password of root@pam. */
  password: string;
  /** Passphrase of the Pulumi state's secrets. */
  passphrase: string;
}

function credentialsFile(sandbox: Sandbox): string {
  return path.join(sandbox.dir, "credentials.json");
}

export function readCredentials(sandbox: Sandbox): Credentials {
  return JSON.parse(fs.readFileSync(credentialsFile(sandbox), "utf8")) as Credentials;
}

export function writeCredentials(sandbox: Sandbox, credentials: Credentials): void {
  const file = credentialsFile(sandbox);
  fs.writeFileSync(`${file}.new`, JSON.stringify(credentials, null, 2), { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
}

export async function ensureCredentials(sandbox: Sandbox): Promise<Credentials> {
  if (!fs.existsSync(credentialsFile(sandbox))) {
    const credentials: Credentials = {
      apiToken: `root@pam!labwright=${randomUUID()}`,
      password: randomBytes(18).toString("base64url"),
      passphrase: randomBytes(24).toString("base64url"),
    };
    writeCredentials(sandbox, credentials);
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
