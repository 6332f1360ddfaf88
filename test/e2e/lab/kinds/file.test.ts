import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { startTestMachine, type TestMachine } from "../../support/test-machine";
import { deleteMachine } from "../../support/machine";
import { changes, Project } from "../../support/project";
import { refresh } from "./lab-project";

const NUMBER = 156;
const CANARY = "canary-4c1f0f9d7e";

const program = (machine: TestMachine, body: string): string => `
import * as pulumi from "@pulumi/pulumi";
import { host as kinds } from "labwright/resources";
const host = ${machine.host};
${body}
`;

const base = `
const folder = new kinds.Directory("folder", { host, path: "/srv/app/data", mode: "0750", purge: true });
const on = { dependsOn: folder };
new kinds.File("motd", { host, path: "/etc/motd", content: "Grüß Gott\\n", adopt: true });
new kinds.File("plain", { host, path: "/srv/app/data/it's $HOME", content: "a\\n\\n'b'" }, on);
new kinds.File("secret", { host, path: "/srv/app/data/secret", mode: "0600", content: pulumi.secret("${CANARY}") }, on);
`;

describe("host:File and host:Directory", function () {
  this.timeout(120_000);
  let machine: TestMachine;
  let project: Project;
  before(async () => {
    machine = await startTestMachine("files", NUMBER);
    project = new Project("files", program(machine, base));
    await project.init();
  });
  after(async () => {
    await project.destroy();
    await project.remove();
    await deleteMachine(NUMBER);
  });
  const contents = (path: string) => machine.run(`cat "${path}"`);

  it("are made over one connection, and a second up touches no host", async () => {
    const run = await project.apply();
    assert.deepEqual(changes(run), { create: ["folder", "motd", "plain", "secret"] });
    assert.equal(await contents("/etc/motd"), "Grüß Gott\n");
    assert.equal(await contents("/srv/app/data/it's \\$HOME"), "a\n\n'b'");
    assert.equal(
      await machine.run("stat -c '%U %G %a' /srv/app/data /srv/app/data/secret"),
      "root root 750\nroot root 600\n",
    );
    assert.equal(project.providerLog().filter(({ event }) => event === "connect").length, 1);
    assert.deepEqual(changes(await project.apply()), {});
    const again = project.providerLog();
    assert.ok(again.some(({ method }) => method === "Diff"));
    assert.ok(!again.some(({ event }) => event === "connect"));
  });

  it("edited by hand are seen by refresh, property by property, and repaired", async () => {
    await machine.run(`cd /srv/app/data
echo drifted-${CANARY} >secret
chown daemon "it's \\$HOME"
chmod 0777 .
rm /etc/motd`);
    assert.deepEqual(await refresh(project), {
      folder: ["mode"],
      motd: "gone",
      plain: ["owner"],
      secret: ["content"],
    });
    assert.deepEqual(changes(await project.apply()), {
      create: ["motd"],
      update: ["folder", "plain", "secret"],
    });
    assert.equal(await contents("/srv/app/data/secret"), CANARY);
    assert.equal((await machine.run("stat -c %a /srv/app/data")).trim(), "750");
  });

  it("refresh all files of a host over one connection", async () => {
    const many = `${base}
for (let n = 0; n < 60; n++) new kinds.File("n" + n, { host, path: "/srv/app/data/n" + n, content: "n" }, on);`;
    project.write(program(machine, many));
    await project.apply();
    project.providerLog();
    assert.deepEqual(await refresh(project), {});
    const log = project.providerLog();
    assert.equal(log.filter(({ event }) => event === "connect").length, 1);
    assert.equal(log.filter(({ event }) => event === "script").length, 64);
    project.write(program(machine, base));
    await project.apply();
  });

  it("show no secret in state, output or on the machine", async () => {
    const state = await project.exportState();
    assert.ok(!state.includes(CANARY));
    await machine.run(`
! journalctl --no-pager | grep -q ${CANARY.slice(0, -2)}[0-9a-f]
! grep -rlq ${CANARY.slice(0, -2)}[0-9a-f] /run/labwright* /var/lib/labwright /root/.bash_history /tmp 2>/dev/null
`);
  });

  it("give the adopted original back, and delete the rest", async () => {
    await project.destroy();
    assert.match(await contents("/etc/motd"), /Debian GNU\/Linux/);
    assert.equal(
      await machine.run("ls /srv/app /var/lib/labwright/ledger"),
      "/srv/app:\n\n/var/lib/labwright/ledger:\n",
    );
  });

  it("that exist already and are not ours are refused by name", async () => {
    await machine.run("echo theirs >/etc/theirs");
    project.write(
      program(machine, 'new kinds.File("f", { host, path: "/etc/theirs", content: "ours" });'),
    );
    const run = await project.up();
    assert.match(
      run.errors.join(),
      /\/etc\/theirs on root@10.77.0.156 exists already.*adopt: true/,
    );
    assert.equal(await contents("/etc/theirs"), "theirs\n");
  });

  it("can be imported", async () => {
    const id = `root@${machine.address}:/etc/theirs`;
    const run = await project.run([
      "import",
      "labwright:host:File",
      "f",
      id,
      "--yes",
      "--generate-code=false",
      "--stack",
      "test",
      "--protect=false",
    ]);
    assert.equal(run.code, 0, run.output);
    project.write(
      program(machine, 'new kinds.File("f", { host, path: "/etc/theirs", content: "theirs\\n" });'),
    );
    const up = await project.apply();
    assert.deepEqual(changes(up), {}, JSON.stringify(up.steps));
    await project.destroy();
  });

  it("come back when the service refuses the new text, and others are applied", async () => {
    const two = (first: string, second: string) =>
      program(
        machine,
        `const validate = "grep -q good /srv/one || { echo one.conf: syntax error; exit 1; }";
new kinds.File("one", { host, path: "/srv/one", content: "${first}", validate });
new kinds.File("two", { host, path: "/srv/two", content: "${second}" });`,
      );
    project.write(two("good 1", "1"));
    await project.apply();
    project.write(two("bad", "2"));
    const run = await project.up();
    assert.match(run.errors.join(), /write \/srv\/one on root@10.77.0.156: one.conf: syntax error/);
    assert.equal(await contents("/srv/one"), "good 1");
    assert.equal(await contents("/srv/two"), "2");
  });

  it("are recognised after the provider was killed half way and the state put back", async () => {
    await project.destroy();
    project.write(
      program(
        machine,
        'new kinds.File("slow", { host, path: "/srv/slow", content: "new", validate: "sleep 4" });',
      ),
    );
    const empty = await project.exportState();
    project.providerLog();
    const { ended } = project.startUp();
    let pid: number | undefined;
    while (pid === undefined) {
      await sleep(50);
      pid = project.providerLog().find(({ event }) => event === "script")?.pid as
        number | undefined;
    }
    await sleep(1_000);
    process.kill(pid, "SIGKILL");
    assert.notEqual((await ended).code, 0);
    // What was complete on the host finishes there.
    await sleep(5_000);
    assert.equal(await contents("/srv/slow"), "new");
    assert.equal(await machine.run("ls -A /srv | grep -v app"), "slow\n");
    await project.importState(empty);
    assert.deepEqual(changes(await project.apply()), { create: ["slow"] });
    await project.destroy();
    assert.equal(await machine.run("ls -A /srv/slow 2>/dev/null || :"), "");
  });
});
