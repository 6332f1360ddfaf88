import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { pinnedName } from "./ssh-command";

/** Types of keys, the preferred one last. */
const preferred = ["ssh-rsa", "ecdsa-", "ssh-ed25519"];

/**
 * The key that a known_hosts file has for a host, as `hostKey` wants it. Asks OpenSSH's ssh-keygen, which knows hashed
 * names. Throws when there is none.
 */
export async function lookUpHostKey(
  file: string,
  host: { address: string; port: number },
): Promise<string> {
  const name = pinnedName(host);
  const found = await promisify(execFile)("ssh-keygen", ["-F", name, "-f", file], {
    encoding: "utf8",
  }).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? "" }));
  const lines = found.stdout
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    // Lines with a marker are certificate authorities and revoked keys.
    .filter((words) => words.length >= 3 && !/^[#@]/.test(words[0]!))
    .map((words) => `${words[1]} ${words[2]}`);
  if (lines.length === 0) {
    throw new Error(
      `no host key is known for ${name}: add it to ${file} after comparing its fingerprint on the machine itself, ` +
        `or set the provider's knownHostsFile`,
    );
  }
  // One key is enough to know the host by; programs pin the newest type, and so does this.
  const rank = (line: string): number => preferred.findIndex((type) => line.startsWith(type));
  return lines.sort((a, b) => rank(b) - rank(a))[0]!;
}
