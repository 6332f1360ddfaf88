import assert from "node:assert/strict";

import { Project } from "../../support/project";
import { assertNoChange, destroy, refresh, up, upError } from "./lab-project";
import { type KindMachine, startKindMachine } from "./kind-machine";

/**
 * OpenRC itself, on a Debian machine: a second sshd, in a mount namespace where nothing shows that systemd runs, gives a
 * shell in which OpenRC is the init system.
 */
describe("host:Service on a real OpenRC", function () {
  let machine: KindMachine;
  let project: Project;

  const program = (
    services: Record<string, Record<string, unknown>>,
  ) => `import { host } from "labwright/resources";
const at = { ...${machine.host}, port: 2222 };
${Object.entries(services)
  .map(([name, args]) => `new host.Service("${name}", { host: at, ...${JSON.stringify(args)} });`)
  .join("\n")}
`;
  const inside = (script: string) =>
    machine.run(`nsenter -m -t "$(cat /run/sshd-openrc.pid)" sh -eu <<'END'\n${script}\nEND`);
  const state = async (name: string) => {
    const text =
      await inside(`if ls /etc/runlevels/*/${name} >/dev/null 2>&1; then echo enabled; else echo disabled; fi
if rc-service ${name} status >/dev/null 2>&1; then echo started; else echo stopped; fi`);
    return text.trim().split("\n").join(" ");
  };
  const writeScript = (name: string, command: string, args: string) =>
    machine.run(`cat >/etc/init.d/${name} <<'END'
#!/sbin/openrc-run
command="${command}"
command_args="${args}"
command_background=yes
pidfile=/run/${name}.pid
END
chmod 755 /etc/init.d/${name}`);

  before(async () => {
    machine = await startKindMachine("kinds-openrc", 106);
    await machine.run(`apt-get -qq install -y openrc >/dev/null 2>&1
setsid unshare -m sh -c 'mount -t tmpfs tmpfs /run/systemd && mkdir -p /run/openrc && touch /run/openrc/softlevel &&
  exec /usr/sbin/sshd -p 2222 -o PidFile=/run/sshd-openrc.pid' </dev/null >/dev/null 2>&1
for i in 1 2 3 4 5 6 7 8 9 10; do [ ! -s /run/sshd-openrc.pid ] || break; sleep 0.3; done`);
    await writeScript("lab-one", "/bin/sleep", "10000");
    await writeScript("lab-two", "/bin/sleep", "10000");
    await machine.run(`printf '#!/sbin/openrc-run\\nstart() { echo no such config; return 1; }\\n' >/etc/init.d/lab-broken
chmod 755 /etc/init.d/lab-broken`);
    project = new Project("kinds-openrc", program({}));
    await project.init();
  });
  after(async () => {
    await project.remove();
    await machine.delete();
  });

  const both = { one: { unit: "lab-one" }, two: { unit: "lab-two", restartOn: { a: "1" } } };

  for (const time of ["the first time", "a second time"]) {
    it(`enables and starts services, ${time}, and puts them back when they are deleted`, async () => {
      project.write(program(both));
      assert.deepEqual(await up(project), { create: ["one", "two"] });
      assert.equal(await state("lab-one"), "enabled started");
      await assertNoChange(project);
      assert.deepEqual(await refresh(project), {});
      assert.deepEqual(await destroy(project), { delete: ["one", "two"] });
      assert.equal(await state("lab-one"), "disabled stopped");
      assert.equal(await state("lab-two"), "disabled stopped");
    });
  }

  it("sees services that were stopped, disabled or deleted by hand, and repairs them", async () => {
    await up(project);
    await inside("rc-service lab-one stop >/dev/null; rc-update -q del lab-two default");
    assert.deepEqual(await refresh(project), { one: ["running"], two: ["enabled"] });
    assert.deepEqual(await up(project), { update: ["one", "two"] });
    assert.equal(await state("lab-one"), "enabled started");
    assert.equal(await state("lab-two"), "enabled started");
    await inside(
      "rc-service lab-one stop >/dev/null; rc-update -q del lab-one default; mv /etc/init.d/lab-one /root/",
    );
    assert.deepEqual(await refresh(project), { one: "gone" });
    await machine.run("mv /root/lab-one /etc/init.d/");
    assert.deepEqual(await up(project), { create: ["one"] });
    await assertNoChange(project);
  });

  it("changes enabled, running and restartOn", async () => {
    const pid = () => machine.run("cat /run/lab-two.pid");
    const before = await pid();
    project.write(
      program({
        one: { unit: "lab-one", enabled: false, running: false },
        two: { unit: "lab-two", restartOn: { a: "2" } },
      }),
    );
    assert.deepEqual(await up(project), { update: ["one", "two"] });
    assert.equal(await state("lab-one"), "disabled stopped");
    assert.notEqual(await pid(), before);
    await destroy(project);
  });

  it("says in the service's own words that it does not start, and that one is not there", async () => {
    project.write(program({ broken: { unit: "lab-broken" }, none: { unit: "lab-none" } }));
    const error = await upError(project);
    assert.match(error, /cannot start lab-broken:[\s\S]*no such config/);
    assert.match(error, /there is no service lab-none on this host/);
    await destroy(project);
  });
});
