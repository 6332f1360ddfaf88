import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  existingHost,
  HostCommand,
  type HostCommandArgs,
  sshKeyFromConfig,
} from "../../../components";
import { pinnedHostKey, renderCommand } from "../../../components/host/host-command.render";
import { outputValue, recordLab } from "../../../testing";
import { host, publicKey } from "./lab-parts";

const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----\n";
const command = (changes: Partial<HostCommandArgs> = {}) =>
  new HostCommand("index", { host: host(), create: "echo 'a b'", ...changes });

describe("HostCommand", () => {
  it("is one remote.Command with the host's connection and pinned key, all of it secret", async () => {
    const lab = await recordLab(() =>
      command({ privateKey: key, update: "u", delete: "d", stdin: "canary", triggers: ["one", 2] }),
    );
    const component = lab.get("index", "labwright:host:HostCommand");
    assert.deepEqual(lab.childNames(component), ["command:remote:Command index"]);
    const remote = lab.get("index", "command:remote:Command");
    const { connection, ...inputs } = remote.inputs as Record<string, object>;
    assert.deepEqual(connection, {
      dialErrorLimit: 10,
      host: "10.77.0.7",
      hostKey: publicKey,
      perDialTimeout: 15,
      port: 22,
      privateKey: key,
      user: "root",
    });
    const machineId = (inputs["triggers"] as unknown as string[])[0];
    assert.match(machineId!, /^[0-9a-f]{32}$/);
    assert.deepEqual(inputs, {
      create: "echo 'a b'",
      update: "u",
      delete: "d",
      stdin: "canary",
      triggers: [machineId, "one", 2],
      logging: "none",
      addPreviousOutputInEnv: false,
    });
    assert.deepEqual(remote.secrets.sort(), ["connection", "stdin"]);
    assert.deepEqual([...remote.options.additionalSecretOutputs].sort(), [
      "connection",
      "stderr",
      "stdout",
    ]);
    assert.ok(remote.options.replaceOnChanges.includes("triggers[*]"));
    assert.ok(lab.waitsFor(remote, lab.get("box")));
  });

  it("goes through sudo for anybody but root, and through the jump host", async () => {
    const lab = await recordLab(() =>
      command({
        host: existingHost({
          name: "far",
          address: "10.0.0.9",
          port: 2222,
          user: "admin",
          hostKey: publicKey,
          jump: { address: "10.0.0.1", hostKey: publicKey },
        }),
        privateKey: key,
      }),
    );
    const { connection, create, logging } = lab.get("index", "command:remote:Command").inputs as {
      connection: Record<string, unknown>;
      create: string;
      logging?: string;
    };
    assert.equal(create, `sudo -n -H -- sh -c 'echo '\\''a b'\\'''`);
    assert.equal(logging, undefined);
    const { port, user, proxy } = connection;
    assert.deepEqual([port, user], [2222, "admin"]);
    assert.deepEqual(proxy, {
      dialErrorLimit: 10,
      host: "10.0.0.1",
      hostKey: publicKey,
      perDialTimeout: 15,
      port: 22,
      privateKey: key,
      user: "root",
    });
  });

  it("asks the agent when it is given no key", async () => {
    const lab = await recordLab(() => command());
    const { connection } = lab.get("index", "command:remote:Command").inputs as {
      connection: object;
    };
    assert.ok(!("privateKey" in connection));
  });

  it("refuses a secret in a script, wherever it comes from, without repeating it", async () => {
    for (const changes of [
      { create: pulumi.secret("echo canary") },
      { create: "true", update: pulumi.interpolate`echo ${pulumi.secret("canary")}` },
    ]) {
      await assert.rejects(
        recordLab(() => command(changes)),
        (error: Error) => {
          const [field] = Object.keys(changes).slice(-1);
          assert.match(
            error.message,
            new RegExp(
              `HostCommand "index": ${field}: holds a secret, and errors show the whole script: give the secret as stdin`,
            ),
          );
          assert.ok(!error.message.includes("canary"));
          return true;
        },
      );
    }
  });
});

describe("renderCommand()", () => {
  it("leaves root's script as it is", () => assert.equal(renderCommand("a 'b'", "root"), "a 'b'"));
  it("keeps every script one word for sudo", () => {
    for (const script of ["it's", "$(id)", "a\nb", "\\", "-c", "''"]) {
      const asWritten = renderCommand(script, "jo").replace("sudo -n -H -- sh -c", "printf %s");
      assert.equal(execFileSync("sh", ["-c", asWritten], { encoding: "utf8" }), script);
    }
  });
});

describe("pinnedHostKey()", () => {
  const ecdsa = "ecdsa-sha2-nistp256 AAAA";
  const ed25519 = "ssh-ed25519 BBBB";
  it("is the key that the client asks for first", () => {
    assert.equal(pinnedHostKey(`${ed25519}\nssh-rsa CCCC\n${ecdsa}\n`), ecdsa);
    assert.equal(pinnedHostKey(`# nas\n${ed25519}\n`), ed25519);
  });
});

describe("sshKeyFromConfig()", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "labwright-key-"))));
  after(() => rmSync(folder, { recursive: true }));

  const made = (name: string, passphrase: string, ...options: string[]) => {
    const file = path.join(folder, name);
    execFileSync("ssh-keygen", ["-q", "-N", passphrase, "-f", file, ...options]);
    return file;
  };
  const from = (environment: NodeJS.ProcessEnv) =>
    recordLab(() => {
      const found = sshKeyFromConfig(new pulumi.Config("labwright"), environment);
      return pulumi.isSecret(pulumi.output(found)).then(async (secret) => ({
        secret,
        text: found && (await outputValue(found)),
      }));
    });

  it("reads the file that the provider uses, as a secret", async () => {
    const file = made("plain", "", "-t", "ed25519");
    const lab = await from({ LABWRIGHT_SSH_IDENTITY_FILE: file });
    assert.deepEqual(lab.value, { secret: true, text: readFileSync(file, "utf8") });
  });

  it("is nothing where none is named", async () => {
    assert.equal((await from({})).value.text, undefined);
  });

  it("refuses a file that is missing, one that is no private key, and a key with a passphrase", async () => {
    const wrong = path.join(folder, "wrong");
    writeFileSync(wrong, publicKey);
    const cases: [string, RegExp][] = [
      [path.join(folder, "none"), /there is no such file; name a private key$/],
      [wrong, /that is no private key; name the file without .pub$/],
      [
        made("locked", "secret", "-t", "ed25519"),
        /the key has a passphrase; put it into an SSH agent/,
      ],
      [made("old", "secret", "-t", "rsa", "-m", "PEM"), /the key has a passphrase/],
    ];
    for (const [file, message] of cases)
      await assert.rejects(from({ LABWRIGHT_SSH_IDENTITY_FILE: file }), message);
  });
});
