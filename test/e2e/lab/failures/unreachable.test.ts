import assert from "node:assert/strict";

import { deleteMachine, hasBooted, proxmox, ssh, task } from "../../support/machine";
import { changes, Project, type Run } from "../../support/project";
import { startTestMachine, type TestMachine } from "../../support/test-machine";

const names = ["one", "three", "two"];

describe("A host that cannot be reached", () => {
  let machine: TestMachine;
  let project: Project;
  let stateBefore: string;
  let refreshed: Run;

  const program = (content: string) => `import { host, Provider } from "labwright/resources";
const provider = new Provider("lab", { connectTimeoutSeconds: 5 });
for (const name of ${JSON.stringify(names)})
  new host.File(name, { host: ${machine.host}, path: "/srv/" + name, content: "${content}" }, { provider });
`;

  before(async () => {
    machine = await startTestMachine("unreachable", 150);
    project = new Project("unreachable", program("first"));
    await project.init();
    await project.apply();
    stateBefore = await resources(project);
    await task(await proxmox("POST", `/nodes/pve1/qemu/${machine.vmid}/status/stop`));
    refreshed = await project.refresh();
  });

  after(async () => {
    await project?.remove();
    await deleteMachine(150);
  });

  it("fails a refresh", () => {
    assert.notEqual(refreshed.code, 0, refreshed.output);
  });

  it("gives one line for each resource that could not be read", () => {
    const lines = refreshed.errors.filter((error) => error.includes(machine.address));
    assert.deepEqual(
      lines.map((line) => line.split("\n").length),
      [1, 1, 1],
      refreshed.output,
    );
    for (const line of lines)
      assert.match(line, /cannot reach root@10\.77\.0\.150: .*is the machine up/);
  });

  it("keeps the state as it was", async () => {
    assert.equal(await resources(project), stateBefore);
  });

  it("takes nothing for deleted", () => {
    assert.deepEqual(changes(refreshed)["delete"], undefined);
    assert.doesNotMatch(refreshed.output, /deleted/);
  });

  it("lets a preview go on, with a change", async () => {
    project.write(program("second"));
    const preview = await project.preview();
    assert.equal(preview.code, 0, preview.output);
    assert.deepEqual(changes(preview), { update: names });
  });

  it("is not connected to by a preview", async () => {
    project.providerLog();
    await project.preview();
    assert.deepEqual(
      project.providerLog().filter(({ event }) => event !== "rpc"),
      [],
    );
  });

  it("fails an update and keeps the state", async () => {
    const run = await project.up();
    assert.notEqual(run.code, 0);
    assert.match(run.errors.join("\n"), /cannot reach root@10\.77\.0\.150/);
    assert.equal(await resources(project), stateBefore);
  });

  it("gets the change when it is back", async () => {
    await task(await proxmox("POST", `/nodes/pve1/qemu/${machine.vmid}/status/start`));
    await hasBooted(machine.address);
    const run = await project.apply();
    assert.deepEqual(changes(run), { update: names });
    assert.equal(await ssh(machine, "cat /srv/one /srv/two"), "secondsecond");
  });

  it("is left clean", async () => {
    const run = await project.destroy();
    assert.equal(run.code, 0, run.output);
    assert.equal(await ssh(machine, "ls /srv"), "");
  });
});

/** The resources of the state, without the times that every operation may renew. */
async function resources(project: Project): Promise<string> {
  const { deployment } = JSON.parse(await project.exportState()) as {
    deployment: { resources: { urn: string; id: string; inputs: unknown; outputs: unknown }[] };
  };
  return JSON.stringify(
    deployment.resources.map(({ urn, id, inputs, outputs }) => ({ urn, id, inputs, outputs })),
    null,
    1,
  );
}
