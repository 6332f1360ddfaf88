import assert from "node:assert/strict";

import { Project } from "../../support/project";
import { assertNoChange, destroy, killHalfWay, refresh, scripts, up, upError } from "./lab-project";
import { type KindMachine, startKindMachine } from "./kind-machine";

interface ServiceArgs {
  unit: string;
  enabled?: boolean;
  running?: boolean;
  restartOn?: Record<string, string>;
}

describe("host:Service on a real systemd", function () {
  let machine: KindMachine;
  let project: Project;

  const program = (
    services: Record<string, ServiceArgs>,
  ) => `import { host } from "labwright/resources";
const at = ${machine.host};
${Object.entries(services)
  .map(([name, args]) => `new host.Service("${name}", { host: at, ...${JSON.stringify(args)} });`)
  .join("\n")}
`;
  /** `enabled`, `active` and how often the service was started since the machine was. */
  const state = async (unit: string) =>
    (
      await machine.run(`systemctl is-enabled ${unit} 2>/dev/null || true
systemctl is-active ${unit} || true`)
    )
      .trim()
      .split("\n")
      .join(" ");
  const pid = async (unit: string) =>
    Number(await machine.run(`systemctl show -p MainPID --value ${unit}`));
  const writeUnit = (name: string, service: string, install = "WantedBy=multi-user.target") =>
    machine.run(`cat >/etc/systemd/system/${name}.service <<'END'
[Unit]
Description=${name}
[Service]
${service}
${install && `[Install]\n${install}`}
END
systemctl daemon-reload`);

  const names = ["one", "two", "three", "four", "five"];
  const all = Object.fromEntries(names.map((name) => [name, { unit: `lab-${name}` }]));

  before(async () => {
    machine = await startKindMachine("kinds-service", 103);
    for (const name of names) await writeUnit(`lab-${name}`, "ExecStart=/bin/sleep infinity");
    project = new Project("kinds-service", program({}));
    await project.init();
  });
  after(async () => {
    await project.remove();
    await machine.delete();
  });

  for (const time of ["the first time", "a second time"]) {
    it(`enables and starts services, ${time}, and finds nothing to do after that`, async () => {
      project.write(program(all));
      assert.deepEqual(await up(project), { create: [...names].sort() });
      for (const name of names) assert.equal(await state(`lab-${name}`), "enabled active");
      await assertNoChange(project);
      assert.deepEqual(await refresh(project), {});
    });

    it(`stops and disables what it started and enabled, ${time}`, async () => {
      assert.deepEqual(await destroy(project), { delete: [...names].sort() });
      for (const name of names) assert.equal(await state(`lab-${name}`), "disabled inactive");
    });
  }

  it("changes enabled and running, each without the other", async () => {
    project.write(
      program({
        one: { unit: "lab-one", enabled: false },
        two: { unit: "lab-two.service", running: false },
        three: { unit: "lab-three", enabled: false, running: false },
      }),
    );
    await up(project);
    assert.equal(await state("lab-one"), "disabled active");
    assert.equal(await state("lab-two"), "enabled inactive");
    assert.equal(await state("lab-three"), "disabled inactive");
    project.write(
      program({
        one: { unit: "lab-one", running: false },
        two: { unit: "lab-two.service", enabled: false },
        three: { unit: "lab-three" },
      }),
    );
    assert.deepEqual(await up(project), { update: ["one", "three", "two"] });
    assert.equal(await state("lab-one"), "enabled inactive");
    assert.equal(await state("lab-two"), "disabled active");
    assert.equal(await state("lab-three"), "enabled active");
    await destroy(project);
  });

  it("sees services that were stopped, disabled, masked or killed by hand, and one whose unit is gone, and repairs them", async () => {
    project.write(program(all));
    await up(project);
    await machine.run(`systemctl stop lab-one
systemctl disable lab-two 2>/dev/null
systemctl stop lab-three
mv /etc/systemd/system/lab-three.service /root/
ln -s /dev/null /etc/systemd/system/lab-three.service
systemctl kill -s KILL lab-four
systemctl stop lab-five
rm /etc/systemd/system/lab-five.service /etc/systemd/system/multi-user.target.wants/lab-five.service
systemctl daemon-reload
sleep 0.5`);
    assert.deepEqual(await refresh(project), {
      one: ["running"],
      two: ["enabled"],
      three: ["enabled", "running"],
      four: ["running"],
      five: "gone",
    });
    assert.match(
      await upError(project),
      /there is no service lab-five on this host: install its package/,
    );
    await machine.run("mv /root/lab-three.service /etc/systemd/system/");
    await writeUnit("lab-five", "ExecStart=/bin/sleep infinity");
    await up(project);
    for (const name of names) assert.equal(await state(`lab-${name}`), "enabled active");
    assert.deepEqual(await refresh(project), {});
    await assertNoChange(project);
  });

  it("restarts for a changed value of restartOn, once, and for nothing else", async () => {
    const one = { unit: "lab-one", restartOn: { config: "a" } };
    const before = await pid("lab-one");
    project.write(program({ one }));
    await up(project);
    const first = await pid("lab-one");
    assert.notEqual(first, before, "what it read before is not known");
    project.write(program({ one: { ...one, enabled: false } }));
    assert.deepEqual(await up(project), { update: ["one"], ...{} });
    assert.equal(await pid("lab-one"), first);
    project.write(program({ one: { ...one, restartOn: { config: "b" } } }));
    assert.deepEqual(await up(project), { update: ["one"] });
    const second = await pid("lab-one");
    assert.notEqual(second, first);
    await killHalfWayAt({ one: { ...one, restartOn: { config: "c" } } });
    await up(project);
    const third = await pid("lab-one");
    assert.notEqual(third, second);
    await assertNoChange(project);
    await destroy(project);
  });

  /** Kills the provider once the change has been sent; the script on the host may or may not finish. */
  async function killHalfWayAt(services: Record<string, ServiceArgs>): Promise<void> {
    project.write(program(services));
    await killHalfWay(project, (log) => scripts(log, /^bring service/) >= 1);
  }

  it("finishes the job of a killed provider, and still knows how the services were before", async () => {
    project.write(program(all));
    await killHalfWay(project, (log) => scripts(log, /^bring service/) >= 3);
    assert.deepEqual(await up(project), { create: [...names].sort() });
    for (const name of names) assert.equal(await state(`lab-${name}`), "enabled active");
    await destroy(project);
    for (const name of names) assert.equal(await state(`lab-${name}`), "disabled inactive");
  });

  it("leaves a service running that ran before, and one stopped that it had stopped", async () => {
    await machine.run("systemctl -q enable --now lab-one lab-two");
    project.write(program({ one: all.one!, two: { ...all.two!, running: false, enabled: false } }));
    await up(project);
    assert.equal(await state("lab-two"), "disabled inactive");
    await destroy(project);
    assert.equal(await state("lab-one"), "enabled active");
    assert.equal(await state("lab-two"), "enabled active");
    await machine.run("systemctl -q disable --now lab-one lab-two");
  });

  it("gives the journal's last lines when a service does not start, or does not stay up, and does the others", async () => {
    await writeUnit(
      "lab-broken",
      "ExecStart=/bin/sh -c 'echo the port is taken; exit 3'\nType=oneshot",
    );
    await writeUnit("lab-dying", "ExecStart=/bin/sh -c 'echo no such config; exit 4'");
    await writeUnit("lab-once", "ExecStart=/bin/true\nType=oneshot");
    await writeUnit("lab-static", "ExecStart=/bin/sleep infinity", "");
    project.write(
      program({
        broken: { unit: "lab-broken" },
        dying: { unit: "lab-dying" },
        once: { unit: "lab-once" },
        one: all.one!,
        static: { unit: "lab-static" },
      }),
    );
    const error = await upError(project);
    assert.match(
      error,
      /cannot start lab-broken\.service\. Its journal ends with:[\s\S]*the port is taken/,
    );
    assert.match(
      error,
      /cannot start lab-dying\.service\. Its journal ends with:[\s\S]*no such config/,
    );
    assert.match(
      error,
      /lab-once\.service did its work and ended, as a service of Type=oneshot does/,
    );
    assert.match(
      error,
      /lab-static\.service cannot be enabled: its unit file has no \[Install\] section/,
    );
    assert.equal(await state("lab-one"), "enabled active");
    await destroy(project);
  });

  it("destroys what is gone already", async () => {
    project.write(program({ one: all.one! }));
    await up(project);
    await machine.run(
      "systemctl -q disable --now lab-one; rm /etc/systemd/system/lab-one.service; systemctl daemon-reload",
    );
    assert.deepEqual(await destroy(project), { delete: ["one"] });
  });
});
