import { createHash } from "node:crypto";

import type { MachineConnection } from "../schema";
import type { ChannelLost } from "./channel";
import { describeHost, HostKeyMismatch, HostUnreachable } from "./errors";
import { keyLines } from "./ssh-command";

const temporary: [RegExp, string][] = [
  [/Connection refused/, "connection refused; is the machine up, and sshd running?"],
  [/No route to host/, "no route to host; is the machine up, and the address right?"],
  [/Network is unreachable/, "network is unreachable; check this machine's own network"],
  [/timed out/i, "no answer in time; is the machine up, and the address right?"],
  [
    /Could not resolve hostname ([^:\n]*)/,
    "the name does not resolve; use an address, or fix the name service",
  ],
  [
    /Connection (closed|reset)|kex_exchange_identification/,
    "the host closed the connection; is its sshd still starting, or refusing this address?",
  ],
];

const permanent: [RegExp, string][] = [
  [
    /Permission denied/,
    "login refused; check the user, and that the key in sshIdentityFile or the agent is authorized there",
  ],
  [
    /sudo: .*password|sudo: a terminal is required/,
    "the user may not use sudo without a password; allow it in sudoers, or log in as root",
  ],
  [
    /sudo: (command )?not found|exec: sudo: not found/,
    "sudo is not installed; install it, or log in as root",
  ],
  [
    /Too many authentication failures/,
    "too many keys were tried; set sshIdentityFile to the right one",
  ],
];

/** Words an ended connection attempt as one clear line, from what OpenSSH wrote. Pure. */
export function connectionFailure(connection: MachineConnection, lost: ChannelLost): Error {
  const host = describeHost(connection);
  const said = lost.stderr;
  const changed =
    /Host key verification failed|HOST IDENTIFICATION HAS CHANGED|host key type found/;
  if (changed.test(said)) {
    const alias = /Host key for (\S+) has changed|No \S+ host key is known for (\S+) and/.exec(
      said,
    );
    const name = alias?.[1] ?? alias?.[2];
    const jump = connection.jump && name === connection.jump.address ? connection.jump : undefined;
    return new HostKeyMismatch(
      keyMessage(jump ? `jump host ${jump.address}` : host, jump ?? connection, said),
    );
  }
  for (const [pattern, meaning] of permanent) {
    if (pattern.test(said)) return new HostUnreachable(`cannot reach ${host}: ${meaning}`, false);
  }
  for (const [pattern, meaning] of temporary) {
    if (pattern.test(said)) return new HostUnreachable(`cannot reach ${host}: ${meaning}`, true);
  }
  const last = said.trim().split("\n").at(-1)?.trim();
  return new HostUnreachable(`cannot reach ${host}: ${last || lost.message}`, true);
}

function keyMessage(host: string, { hostKey }: { hostKey: string }, said: string): string {
  const expected = keyLines(hostKey).map(([type, key]) => `${fingerprint(key)} (${type})`);
  const offered = /SHA256:[A-Za-z0-9+/]+/.exec(said)?.[0];
  const types = /Their offer: (\S+)/.exec(said)?.[1];
  const offer = offered ?? (types ? `none of the pinned types, but ${types}` : "another key");
  return (
    `${host} has another host key than the pinned one and was not spoken to: expected ${expected.join(" or ")}, ` +
    `offered ${offer}. If the machine was rebuilt or its key renewed on purpose, set hostKey to the new key; ` +
    `if not, somebody else answers at this address`
  );
}

/** A public key's fingerprint as OpenSSH prints it. */
export function fingerprint(base64Key: string): string {
  const digest = createHash("sha256").update(Buffer.from(base64Key, "base64")).digest("base64");
  return `SHA256:${digest.replace(/=+$/, "")}`;
}
