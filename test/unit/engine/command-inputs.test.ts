import assert from "node:assert/strict";

import {
  checkCommandInputs,
  type CommandInputs,
  hasSecret,
  reveal,
  secret,
  UNKNOWN,
} from "../../../engine/stand-ins/command-inputs";
import { sshWords } from "../../../engine/stand-ins/command-ssh";
import { formatIssue } from "../../../validation/issue";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFCK1JK/sxY6ot0oHKZArifRy2fezyJaw/6UJD41D/UY";
const connection = { host: "10.77.0.7", hostKey };

describe("checkCommandInputs()", () => {
  const table: [object, string[]][] = [
    [{ connection, create: "true" }, []],
    [{ connection: undefined }, []],
    [{ connection: { host: undefined, hostKey: undefined } }, []],
    [{}, ["connection: is missing"]],
    [{ connection, creat: "x" }, ["creat: leave it out: there is no such property"]],
    [{ connection, create: 5 }, ["create: use a value of type string"]],
    [{ connection, triggers: "a" }, ["triggers: use a value of type array"]],
    [{ connection, environment: "a" }, ["environment: use a value of type object"]],
    [
      { connection, logging: "all" },
      ['logging is "all": use stdout, stderr, stdoutAndStderr, none'],
    ],
    [{ connection: { hostKey } }, ["connection.host: is missing"]],
    [
      { connection: { host: "-oProxyCommand=x", hostKey } },
      ["connection.host: use an IP address or a host name"],
    ],
    [
      { connection: { ...connection, user: "-l" } },
      ["connection.user: use a login name, such as root"],
    ],
    [
      { connection: { host: "h" } },
      [
        "connection.hostKey: is missing: labwright's stand-in for the command plugin speaks to no host whose key it does not know",
      ],
    ],
    [
      { connection: { host: "h", hostKey: "x\ny" } },
      ["connection.hostKey: use a public key: ssh-ed25519 AAAA..."],
    ],
    [
      { connection: { ...connection, proxy: { hostKey, host: "h", password: "canary" } } },
      [
        "connection.proxy.password: labwright's stand-in for the command plugin has no passwords: use privateKey or an SSH agent",
      ],
    ],
  ];
  for (const [inputs, expected] of table) {
    it(`says of ${JSON.stringify(inputs).slice(0, 80)}: ${expected.join("; ") || "nothing"}`, () => {
      assert.deepEqual(checkCommandInputs(inputs as CommandInputs).map(formatIssue), expected);
    });
  }
});

describe("reveal() and hasSecret()", () => {
  const marked = { a: secret("x"), b: [1, secret({ c: "y" })], d: null, e: UNKNOWN };
  it("take marks off at any depth, and leave out what is not there", () => {
    assert.deepEqual(reveal(marked), { a: "x", b: [1, { c: "y" }], e: undefined });
    assert.equal(hasSecret(marked), true);
    assert.equal(hasSecret(reveal(marked)), false);
  });
});

describe("sshWords()", () => {
  it("pins the host's key and uses no other key, agent or configuration of the person", () => {
    const words = sshWords({ ...connection, privateKey: "k" }, "host", "/private");
    for (const option of [
      "StrictHostKeyChecking=yes",
      "UserKnownHostsFile=/private/host.known",
      "HostKeyAlgorithms=ssh-ed25519",
      "IdentityFile=/private/host.key",
      "IdentityAgent=none",
    ])
      assert.ok(words.includes(option), option);
    assert.deepEqual(words.slice(0, 3), ["ssh", "-F", "none"]);
  });
});
