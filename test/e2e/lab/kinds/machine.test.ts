import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { proxmox, task } from "../../support/machine";
import { Project } from "../../support/project";
import { assertNoChange, destroy, refresh, up, upError } from "./lab-project";
import { type KindMachine, startKindMachine } from "./kind-machine";

describe("host:Machine on a real machine", function () {
  let machine: KindMachine;
  let project: Project;

  const program = (args: Record<string, unknown> = {}) => {
    const { address, hostKey } = machine;
    const host = { address, hostKey };
    return `import { host } from "labwright/resources";
const machine = new host.Machine("machine", ${JSON.stringify({ host, ...args })});
new host.File("motd", {
  host: { ...${JSON.stringify(host)}, machineId: machine.machineId },
  path: "/etc/lab-motd",
  content: "hello",
});
export const facts = {
  machineId: machine.machineId,
  distribution: machine.distribution,
  release: machine.release,
  initSystem: machine.initSystem,
  packageManager: machine.packageManager,
  hostname: machine.hostname,
  architecture: machine.architecture,
};
`;
  };
  const power = async (what: "start" | "stop") =>
    task(await proxmox("POST", `/nodes/pve1/qemu/105/status/${what}`));

  before(async () => {
    machine = await startKindMachine("kinds-machine", 105);
    project = new Project("kinds-machine", program());
    await project.init();
  });
  after(async () => {
    await project.remove();
    await machine.delete();
  });

  for (const time of ["the first time", "a second time"]) {
    it(`joins a machine and gives its facts, ${time}, and does nothing after that`, async () => {
      assert.deepEqual(await up(project), { create: ["machine", "motd"] });
      assert.deepEqual((await project.outputs()).facts, {
        machineId: machine.machineId,
        distribution: "debian",
        release: "12",
        initSystem: "systemd",
        packageManager: "apt",
        hostname: "kinds-machine",
        architecture: (await machine.run("uname -m")).trim(),
      });
      await assertNoChange(project);
      assert.deepEqual(await refresh(project), {});
    });

    it(`leaves the machine as it is when it is deleted, ${time}`, async () => {
      assert.deepEqual(await destroy(project), { delete: ["machine", "motd"] });
      assert.equal(
        await machine.run("uname -n; ls /etc/lab-motd 2>&1 || true"),
        "kinds-machine\nls: cannot access '/etc/lab-motd': No such file or directory\n",
      );
    });
  }

  it("takes a change of its own settings without a word to the machine's things", async () => {
    await up(project);
    project.write(program({ bootTimeoutSeconds: 20, waitForCloudInit: false }));
    assert.deepEqual(await up(project), { update: ["machine"] });
    await assertNoChange(project);
  });

  it("takes a machine that does not answer for an error, in refresh and in up, and keeps the state", async () => {
    await power("stop");
    const before = await project.exportState();
    const run = await project.refresh();
    assert.notEqual(run.code, 0);
    assert.match(run.errors.join("\n"), /cannot reach root@10\.77\.0\.105: /);
    const resources = (text: string) =>
      (
        JSON.parse(text) as { deployment: { resources: { urn: string; outputs: unknown }[] } }
      ).deployment.resources.map(({ urn, outputs }) => [urn, outputs]);
    assert.deepEqual(resources(await project.exportState()), resources(before));
    await assertNoChange(project);
    project.write(program({ bootTimeoutSeconds: 4 }));
    assert.match(await upError(project), /cannot reach root@10\.77\.0\.105: .*\(waited 4 s\)/);
  });

  it("waits for a machine that comes up meanwhile, and says that it does", async () => {
    project.write(program({ bootTimeoutSeconds: 120 }));
    const { ended } = project.startUp();
    await sleep(18_000);
    await power("start");
    const run = await ended;
    assert.equal(run.code, 0, run.output);
    assert.match(run.output, /waiting for sshd/);
    assert.match(run.output, /waiting for sshd, 15 s/);
    assert.deepEqual(await refresh(project), {});
  });

  it("sees that another machine is at the address, and makes what was on the old one on it", async () => {
    await machine.run(`rm /etc/lab-motd /etc/machine-id
rm -rf /var/lib/labwright
echo 0123456789abcdef0123456789abcdef >/etc/machine-id`);
    const run = await project.refresh();
    assert.equal(run.code, 0, run.output);
    assert.match(run.output, /10\.77\.0\.105 is another machine by now \(id 0123456789abcdef/);
    assert.ok(
      run.steps.some(({ name, op }) => name === "motd" && op === "delete"),
      "gone with the old machine",
    );
    assert.deepEqual(await up(project), { create: ["motd"] });
    assert.equal(await machine.run("cat /etc/lab-motd"), "hello");
    await assertNoChange(project);
  });

  it("refuses to change things on another machine than the one it knows, until a refresh", async () => {
    await machine.run("echo fedcba9876543210fedcba9876543210 >/etc/machine-id");
    project.write(program({ bootTimeoutSeconds: 120 }).replace('"hello"', '"changed"'));
    assert.match(await upError(project), /10\.77\.0\.105 is another machine by now/);
    assert.equal(await machine.run("cat /etc/lab-motd"), "hello");
    await machine.run("echo 0123456789abcdef0123456789abcdef >/etc/machine-id");
    assert.deepEqual(await up(project), { update: ["motd"] });
  });

  it("gives a machine without an id one of its own, and everything on it knows it at once", async () => {
    await destroy(project);
    await machine.run("rm -f /etc/machine-id /var/lib/dbus/machine-id");
    assert.deepEqual(await up(project), { create: ["machine", "motd"] });
    const { machineId } = (await project.outputs()).facts as { machineId: string };
    assert.match(machineId, /^[0-9a-f]{32}$/);
    assert.equal((await machine.run("cat /var/lib/labwright/machine-id")).trim(), machineId);
    await assertNoChange(project);
    assert.deepEqual(await refresh(project), {});
    await destroy(project);
    await machine.run("echo 0123456789abcdef0123456789abcdef >/etc/machine-id");
  });

  it("gives cloud-init's own words when that failed, and goes on without it when told so", async () => {
    await machine.run(`cat >/etc/cloud/cloud.cfg.d/99-fail.cfg <<'END'
ssh_deletekeys: false
runcmd:
  - [sh, -c, "echo the disk is on fire >&2; exit 3"]
END
cloud-init clean --logs >/dev/null`);
    await power("stop");
    await power("start");
    project.write(program({ bootTimeoutSeconds: 120 }));
    const error = await upError(project);
    assert.match(
      error,
      /cloud-init failed on this machine, see \/var\/log\/cloud-init-output\.log/,
    );
    assert.match(error, /scripts[-_]user|runcmd/);
    project.write(program({ bootTimeoutSeconds: 120, waitForCloudInit: false }));
    assert.deepEqual(await up(project), { create: ["machine", "motd"] });
    await destroy(project);
  });

  it("imports a machine by its address", async () => {
    const id = `root@${machine.address}:machine`;
    const run = await project.run([
      ...["import", "labwright:host:Machine", "imported", id, "--yes", "--skip-preview"],
      ...["--stack", project.stack, "--protect=false", "--generate-code=false"],
    ]);
    assert.equal(run.code, 0, run.output);
    const [{ machineId }] = (
      JSON.parse(await project.exportState()) as {
        deployment: { resources: { type: string; outputs: { machineId: string } }[] };
      }
    ).deployment.resources
      .filter(({ type }) => type === "labwright:host:Machine")
      .map(({ outputs }) => outputs) as [{ machineId: string }];
    assert.equal(machineId, (await machine.run("cat /etc/machine-id")).trim());
    await destroy(project);
  });
});
