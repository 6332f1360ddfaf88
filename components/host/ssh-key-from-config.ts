import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";

/**
 * The private key that the labwright provider logs in with, as a secret, for what logs in by itself (`HostCommand`). Call
 * it from a stack: components read no configuration. In this order: the configuration `labwright:sshPrivateKey`, the file
 * that `labwright:sshIdentityFile` names, the file that the environment variable LABWRIGHT_SSH_IDENTITY_FILE names;
 * undefined when there is none of them, which leaves it to the SSH agent. A key with a passphrase is refused: only an
 * agent can use it.
 */
export function sshKeyFromConfig(
  config: pulumi.Config = new pulumi.Config("labwright"),
  environment: NodeJS.ProcessEnv = process.env,
): pulumi.Output<string> | undefined {
  const text = config.getSecret("sshPrivateKey");
  if (text) return text;
  const [source, file] = config.get("sshIdentityFile")
    ? ["labwright:sshIdentityFile", config.get("sshIdentityFile")]
    : ["LABWRIGHT_SSH_IDENTITY_FILE", environment["LABWRIGHT_SSH_IDENTITY_FILE"]];
  return file ? pulumi.secret(readKey(source!, file)) : undefined;
}

function readKey(source: string, file: string): string {
  const subject = `sshKeyFromConfig: ${source} is ${JSON.stringify(file)}`;
  let text: string;
  try {
    text = readFileSync(file.startsWith("~/") ? path.join(homedir(), file.slice(2)) : file, "utf8");
  } catch (error) {
    throw new pulumi.RunError(
      `${subject}: ${(error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : "the file cannot be read"}; name a private key`,
    );
  }
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    throw new pulumi.RunError(`${subject}: that is no private key; name the file without .pub`);
  if (hasPassphrase(text))
    throw new pulumi.RunError(
      `${subject}: the key has a passphrase; put it into an SSH agent and leave privateKey out, or use another key`,
    );
  return text;
}

/** OpenSSH's format (PROTOCOL.key) names the cipher first; older ones say it in a line of their own. */
function hasPassphrase(pem: string): boolean {
  if (/^(Proc-Type: 4,ENCRYPTED|-----BEGIN ENCRYPTED)/m.test(pem)) return true;
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(pem)?.[1];
  if (body === undefined) return false;
  const bytes = Buffer.from(body, "base64");
  const magic = "openssh-key-v1\0".length;
  if (bytes.length < magic + 4) return false;
  const cipher = bytes
    .subarray(magic + 4, magic + 4 + bytes.readUInt32BE(magic))
    .toString("latin1");
  return cipher !== "none";
}
