import assert from "node:assert/strict";

import { ChannelLost } from "../../../../provider/host/channel";
import { connectionFailure, fingerprint } from "../../../../provider/host/connection-failure";
import { HostKeyMismatch } from "../../../../provider/host/errors";
import { renderKnownHosts, sshCommand } from "../../../../provider/host/ssh-command";
import type { MachineConnection } from "../../../../provider/schema";
import { publicKey } from "../rpc/thing-kind";

const host: MachineConnection = { address: "10.0.0.1", port: 22, user: "root", hostKey: publicKey };
const settings = { connectTimeoutSeconds: 10 };
const options = (words: string[]) => words.filter((_, index) => words[index - 1] === "-o");

describe("sshCommand()", () => {
  it("trusts the pinned keys and nothing else", () => {
    const words = sshCommand(host, settings, { host: "/run/x/known hosts" });
    for (const option of [
      "StrictHostKeyChecking=yes",
      'UserKnownHostsFile="/run/x/known hosts"',
      "GlobalKnownHostsFile=none",
      "HostKeyAlias=10.0.0.1",
      "HostKeyAlgorithms=ssh-ed25519",
      "UpdateHostKeys=no",
      "VerifyHostKeyDNS=no",
      "BatchMode=yes",
    ]) {
      assert.ok(options(words).includes(option), option);
    }
    assert.deepEqual(words.slice(-7), ["-p", "22", "-l", "root", "--", "10.0.0.1", "exec sh"]);
  });

  it("uses sudo for anyone but root", () => {
    const words = sshCommand({ ...host, user: "admin" }, settings, { host: "k" });
    assert.equal(words.at(-1), "exec sudo -n -H -- sh");
  });

  it("pins the jump host too, and quotes for the shell that OpenSSH starts", () => {
    const jump = { address: "gate", port: 2222, user: "it's", hostKey: publicKey };
    const words = sshCommand({ ...host, jump }, settings, { host: "k", jump: "/run/100%/j" });
    const proxy = options(words).find((option) => option.startsWith("ProxyCommand="))!;
    assert.ok(proxy.includes(`'-l' 'it'\\''s'`), proxy);
    assert.ok(proxy.includes(`'UserKnownHostsFile="/run/100%%%%/j"'`), proxy);
    assert.ok(proxy.includes("'HostKeyAlias=[gate]:2222'"), proxy);
    assert.ok(proxy.endsWith("'-W' '[10.0.0.1]:22' '--' 'gate'"), proxy);
  });
});

describe("renderKnownHosts()", () => {
  it("has one line for each pinned key, under the name that OpenSSH looks for", () => {
    const hostKey = `# two keys\n${publicKey} comment\n\nssh-rsa AAAAB3Nza\n`;
    assert.equal(
      renderKnownHosts({ ...host, port: 2222, hostKey }),
      `[10.0.0.1]:2222 ${publicKey}\n[10.0.0.1]:2222 ssh-rsa AAAAB3Nza\n`,
    );
  });
});

describe("connectionFailure()", () => {
  const said = (stderr: string) =>
    connectionFailure(host, new ChannelLost("ssh ended with 255", stderr));
  const table: [string, string][] = [
    [
      "ssh: connect to host 10.0.0.1 port 22: Connection refused\r\n",
      "connection refused; is the machine up, and sshd running?",
    ],
    [
      "ssh: connect to host 10.0.0.1 port 22: Connection timed out",
      "no answer in time; is the machine up, and the address right?",
    ],
    [
      "ssh: connect to host 10.0.0.1 port 22: No route to host",
      "no route to host; is the machine up, and the address right?",
    ],
    [
      "ssh: Could not resolve hostname web: Name or service not known",
      "the name does not resolve; use an address, or fix the name service",
    ],
    [
      "root@10.0.0.1: Permission denied (publickey).",
      "login refused; check the user, and that the key in sshIdentityFile or the agent is authorized there",
    ],
    [
      "sudo: a password is required",
      "the user may not use sudo without a password; allow it in sudoers, or log in as root",
    ],
    [
      "kex_exchange_identification: read: Connection reset by peer",
      "the host closed the connection; is its sshd still starting, or refusing this address?",
    ],
    ["a word of warning\nsomething odd", "something odd"],
    ["", "ssh ended with 255"],
  ];
  for (const [stderr, meaning] of table) {
    it(`words ${JSON.stringify(stderr)}`, () => {
      assert.equal(said(stderr).message, `cannot reach root@10.0.0.1: ${meaning}`);
    });
  }

  it("names the expected and the offered key, and the fix", () => {
    const error = said(
      `@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@
The fingerprint for the ED25519 key sent by the remote host is
SHA256:QQQQ3n1aBAb1RSsb2hX0ll6pV2cUTCNMD1Gu2YlQkZ8.
Host key for 10.0.0.1 has changed and you have requested strict checking.
Host key verification failed.`,
    );
    assert.ok(error instanceof HostKeyMismatch);
    assert.ok(
      error.message.includes(`expected ${fingerprint(publicKey.split(" ")[1]!)} (ssh-ed25519)`),
    );
    assert.ok(
      error.message.includes("offered SHA256:QQQQ3n1aBAb1RSsb2hX0ll6pV2cUTCNMD1Gu2YlQkZ8."),
    );
    assert.ok(error.message.includes("set hostKey to the new key"));
  });
});
