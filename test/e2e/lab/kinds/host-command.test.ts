import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import {
  foundIn,
  ownLines,
  read,
  searchHere,
  searchMachine,
  stateFolder,
  watchMachine,
  watchProcesses,
  withoutEnginesOwn,
} from "../../support/canaries";
import { execFileSync } from "node:child_process";
import { Project } from "../../support/project";
import { type KindMachine, startKindMachine } from "./kind-machine";
import { up, upError } from "./lab-project";

describe("HostCommand on a real machine", function () {
  const canary = `canary-command-${randomBytes(8).toString("hex")}`;
  let machine: KindMachine;
  let project: Project;

  const program = (args: string, more = "") => `import * as pulumi from "@pulumi/pulumi";
import { existingHost, HostCommand, sshKeyFromConfig } from "labwright";
import { readFileSync } from "node:fs";
const host = existingHost({ name: "box", address: "${machine.address}", hostKey: "${machine.hostKey}" });
const secret = () => pulumi.secret(readFileSync(${JSON.stringify(path.join(folder, "canary"))}, "utf8"));
const command = new HostCommand("job", { host, privateKey: sshKeyFromConfig(), ${args} });
export const stdout = command.stdout;
${more}
`;
  let folder: string;
  const log = () => machine.run("cat /srv/log 2>/dev/null || true");

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "labwright-command-test-"));
    writeFileSync(path.join(folder, "canary"), canary);
    machine = await startKindMachine("kinds-command", 202);
    project = new Project("kinds-command", program('create: "true"'));
    await project.init();
  });
  after(async () => {
    await project.remove();
    await machine.delete();
    rmSync(folder, { recursive: true });
  });

  const say = (words: string) => `echo ${words} >>/srv/log`;
  const life = (more = "") =>
    program(
      `create: "${say("create")}; echo done; id -un", update: "${say("update")}", delete: "${say("delete")}", ${more}`,
    );

  it("runs create, then update for a change, then delete, and nothing when nothing changed", async () => {
    project.write(life('triggers: ["one"]'));
    assert.deepEqual((await up(project))["create"]!.sort(), ["box", "job", "job"]);
    assert.equal(await log(), "create\n");
    assert.equal((await project.outputs())["stdout"], "done\nroot");
    assert.deepEqual(await up(project), {});
    project.write(life('triggers: ["one"], stdin: "x"'));
    await up(project);
    assert.equal(await log(), "create\nupdate\n");
    project.write(life('triggers: ["two"], stdin: "x"'));
    const replaced = await up(project);
    assert.ok(replaced["replace"], JSON.stringify(replaced));
    assert.deepEqual((await log()).split("\n").slice(2, -1).sort(), ["create", "delete"]);
    assert.equal((await project.destroy()).code, 0);
    assert.match(await log(), /delete\n$/);
    await machine.run("rm /srv/log");
  });

  it("shows a script that fails with what it said, and runs it again next time", async () => {
    project.write(program(`create: "test -e /srv/ready || { echo not ready >&2; exit 7; }"`));
    const error = await upError(project);
    assert.match(error, /Process exited with status 7: running "test -e \/srv\/ready/);
    assert.match(error, /not ready/);
    await machine.run("touch /srv/ready");
    assert.ok((await up(project))["create"]!.includes("job"));
    assert.equal((await project.destroy()).code, 0);
  });

  it("speaks to no host that has another key", async () => {
    const other = mkdtempSync(path.join(tmpdir(), "labwright-other-key-"));
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path.join(other, "key")]);
    const key = readFileSync(path.join(other, "key.pub"), "utf8").split(" ").slice(0, 2).join(" ");
    rmSync(other, { recursive: true });
    project.write(`import { remote } from "@pulumi/command";
import { sshKeyFromConfig } from "labwright";
new remote.Command("job", { create: "${say("reached")}", connection: {
  host: "${machine.address}", hostKey: "${key}", privateKey: sshKeyFromConfig(), dialErrorLimit: 1 } });
`);
    assert.match(await upError(project), /[Hh]ost key/);
    assert.equal(await log(), "");
    await project.destroy();
  });

  it("refuses a secret in a script and repeats it nowhere", async () => {
    project.write(program("create: pulumi.interpolate`echo ${secret()} >>/srv/log`"));
    const run = await project.up("--diff");
    assert.notEqual(run.code, 0);
    assert.match(
      run.output,
      /HostCommand "job": create: holds a secret, and errors show the whole script: give the secret as stdin/,
    );
    assert.ok(!run.output.includes(canary));
    assert.equal(await log(), "");
    await project.destroy();
  });

  it("takes a secret on standard input, and shows neither it nor the private key anywhere", async () => {
    // A key of its own: the sandbox hands the usual one to everything in its environment.
    const identityFile = path.join(folder, "identity");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", identityFile]);
    await machine.run(
      `cat >>/root/.ssh/authorized_keys <<'END'\n${read(`${identityFile}.pub`)}END`,
    );
    const identity = read(identityFile);
    const patterns = [canary, ...ownLines(identity)];
    const patternFile = path.join(folder, "patterns");
    const stamp = path.join(folder, "stamp");
    writeFileSync(patternFile, `${patterns.join("\n")}\n`);
    writeFileSync(stamp, "");
    const stop = path.join(folder, "stop");
    const seenHere = watchProcesses(stop, patternFile);
    const seenThere = await watchMachine(machine, [canary]);

    const keep = "umask 077; cat >/srv/kept; cat /srv/kept; cat /srv/kept >&2";
    project.write(
      program(`create: "${keep}", delete: "cat >/dev/null; rm /srv/kept", stdin: secret()`).replace(
        "sshKeyFromConfig()",
        `pulumi.secret(readFileSync(${JSON.stringify(identityFile)}, "utf8"))`,
      ),
    );
    const runs = [await project.preview("--diff"), await project.up("--diff")];
    assert.equal(await machine.run("cat /srv/kept"), canary);
    const state = execFileSync("grep", ["-rah", "", stateFolder()], {
      maxBuffer: 1 << 28,
    }).toString();
    const events = read(path.join(project.folder, "events.jsonl"));
    runs.push(await project.refresh("--diff"), await project.up("--diff"));
    assert.equal((await project.outputs())["stdout"], canary);
    runs.push(await project.destroy("--diff"));
    writeFileSync(stop, "");

    for (const run of runs) {
      assert.equal(run.code, 0, run.output);
      assert.deepEqual(foundIn(run.output, patterns), []);
    }
    assert.match(state, /"ciphertext"/);
    assert.deepEqual(foundIn(state, patterns), []);
    assert.deepEqual(foundIn(withoutEnginesOwn(events), patterns), []);
    assert.equal(await seenHere(), "");
    assert.equal(await seenThere(), "");
    assert.equal(
      await searchMachine(machine, [canary], ["/tmp", "/run", "/srv", "/root", "/var/log", "/etc"]),
      "",
    );
    const except = [folder, project.folder];
    assert.equal(
      await searchHere(patternFile, ["/tmp", "/run", "/dev/shm", "/var/tmp"], stamp, except),
      "",
    );
  });

  it("is not asked for anything by what depends on a machine that was not joined, but says so", async () => {
    project.write(`import { existingHost, File } from "labwright";
const gone = existingHost({ name: "gone", address: "10.77.0.203", hostKey: "${machine.hostKey}", bootTimeoutSeconds: 1 });
new File("motd", { host: gone.connection, path: "/srv/motd", content: "x" });
`);
    const error = await upError(project, "--continue-on-error");
    assert.match(error, /10\.77\.0\.203/);
    if (error.includes("machineId"))
      assert.match(
        error,
        /host\.machineId is missing: the machine was not joined; the error of its labwright:host:Machine says why/,
      );
    await project.destroy();
  });
});
