import assert from "node:assert/strict";

import { Project } from "../../support/project";
import { type KindMachine, startKindMachine } from "./kind-machine";
import { assertNoChange, destroy, refresh, up, upError } from "./lab-project";

type Sections = Record<string, Record<string, string | string[]>>;

interface UnitArgs {
  name: string;
  sections: Sections;
  enabled?: boolean;
  running?: boolean;
  restartOn?: Record<string, string>;
  adopt?: boolean;
  /** Name of the resource that has to be there before. */
  after?: string;
}

const install = { WantedBy: "multi-user.target" };
const sleeper = (text: string): UnitArgs => ({
  name: "lab-wiki.service",
  sections: {
    Unit: { Description: "Wiki of the lab" },
    Service: { ExecStart: `/bin/sh -c "echo ${text}; exec sleep infinity"` },
    Install: install,
  },
});

describe("host:Unit on a real systemd", function () {
  let machine: KindMachine;
  let project: Project;

  const program = (units: Record<string, UnitArgs>) => `import { host } from "labwright/resources";
const at = ${machine.host};
${Object.entries(units)
  .map(([name, { after, ...args }]) => {
    const options = after ? `, { dependsOn: ${after} }` : "";
    return `const ${name} = new host.Unit("${name}", { host: at, ...${JSON.stringify(args)} }${options});`;
  })
  .join("\n")}
`;
  const write = (units: Record<string, UnitArgs>) => project.write(program(units));
  const state = async (unit: string) =>
    (
      await machine.run(
        `systemctl is-enabled ${unit} 2>/dev/null || true; systemctl is-active ${unit} || true`,
      )
    )
      .trim()
      .replace("\n", " ");
  const pid = (unit: string) => machine.run(`systemctl show -p MainPID --value ${unit}`);
  const file = "/etc/systemd/system/lab-wiki.service";

  const whole: Record<string, UnitArgs> = {
    wiki: sleeper("one"),
    target: {
      name: "lab-all.target",
      sections: { Unit: { Wants: "lab-wiki.service" }, Install: install },
    },
    echo: {
      name: "lab-echo.service",
      enabled: false,
      running: false,
      sections: { Service: { ExecStart: "/bin/sleep infinity" } },
    },
    socket: {
      after: "echo",
      name: "lab-echo.socket",
      sections: {
        Socket: { ListenStream: ["127.0.0.1:7007", "/run/lab-echo"] },
        Install: { WantedBy: "sockets.target" },
      },
    },
    path: {
      after: "echo",
      name: "lab-watch.path",
      sections: { Path: { PathChanged: "/srv", Unit: "lab-echo.service" }, Install: install },
    },
  };
  const names = Object.keys(whole).sort();

  before(async () => {
    machine = await startKindMachine("kinds-unit", 200);
    project = new Project("kinds-unit", program({}));
    await project.init();
  });
  after(async () => {
    await project.remove();
    await machine.delete();
  });

  for (const time of ["the first time", "a second time"]) {
    it(`writes, enables and starts units of several types, ${time}, and finds nothing to do after that`, async () => {
      write(whole);
      assert.deepEqual(await up(project), { create: names });
      assert.equal(await state("lab-wiki"), "enabled active");
      assert.equal(await state("lab-all.target"), "enabled active");
      assert.equal(await state("lab-echo.socket"), "enabled active");
      assert.equal(await state("lab-watch.path"), "enabled active");
      assert.equal(await state("lab-echo"), "static inactive");
      assert.equal(
        await machine.run(`stat -c '%U %G %a' ${file}; cat ${file}`),
        `root root 644
[Unit]
Description=Wiki of the lab

[Service]
ExecStart=/bin/sh -c "echo one; exec sleep infinity"

[Install]
WantedBy=multi-user.target
`,
      );
      await assertNoChange(project);
      assert.deepEqual(await refresh(project), {});
    });

    it(`takes them away without a trace, ${time}`, async () => {
      await destroy(project);
      assert.equal(
        await machine.run(
          "ls -A /etc/systemd/system | grep lab- || true; find /etc/systemd/system -name 'lab-*'; systemctl list-units --all --plain --no-legend 'lab-*'; ls /var/lib/labwright/ledger",
        ),
        "",
      );
    });
  }

  it("changes each field, and restarts for the text and for restartOn, once and for nothing else", async () => {
    const wiki = sleeper("one");
    write({ wiki });
    await up(project);
    const first = await pid("lab-wiki");
    write({ wiki: { ...wiki, enabled: false } });
    assert.deepEqual(await up(project), { update: ["wiki"] });
    assert.equal(await state("lab-wiki"), "disabled active");
    assert.equal(await pid("lab-wiki"), first);
    write({ wiki: { ...wiki, restartOn: { config: "a" } } });
    await up(project);
    assert.equal(await state("lab-wiki"), "enabled active");
    const second = await pid("lab-wiki");
    assert.notEqual(second, first);
    write({ wiki: { ...sleeper("two"), restartOn: { config: "a" } } });
    assert.deepEqual(await up(project), { update: ["wiki"] });
    assert.notEqual(await pid("lab-wiki"), second);
    assert.match(await machine.run(`cat ${file}`), /echo two/);
    write({ wiki: { ...sleeper("two"), running: false } });
    await up(project);
    assert.equal(await state("lab-wiki"), "enabled inactive");
    const elsewhere = sleeper("two");
    elsewhere.sections.Install = { WantedBy: ["graphical.target", "multi-user.target"] };
    write({ wiki: elsewhere });
    await up(project);
    const wants = "cd /etc/systemd/system; ls -d *.wants/lab-wiki.service";
    assert.equal(
      await machine.run(wants),
      "graphical.target.wants/lab-wiki.service\nmulti-user.target.wants/lab-wiki.service\n",
    );
    write({ wiki: sleeper("two") });
    await up(project);
    assert.equal(await machine.run(wants), "multi-user.target.wants/lab-wiki.service\n");
    write({ wiki: { ...sleeper("two"), name: "lab-other.service" } });
    assert.deepEqual(Object.keys(await up(project)).sort(), [
      "create-replacement",
      "delete-replaced",
      "replace",
    ]);
    assert.equal(await state("lab-other"), "enabled active");
    await machine.run(`test ! -e ${file}`);
    await destroy(project);
  });

  it("sees every edit by hand, leaves drop-ins of others alone, and repairs the rest", async () => {
    const wiki = sleeper("one");
    write({ wiki });
    await up(project);
    await machine.run(`mkdir -p ${file}.d
printf '[Service]\\nNice=5\\n' >${file}.d/mine.conf
systemctl daemon-reload`);
    assert.deepEqual(await refresh(project), {});
    await machine.run(`sed -i 's/echo one/echo other/; s/^Description=.*/Description=Mine/; /^\\[Service\\]/a Restart=always' ${file}
systemctl daemon-reload; systemctl restart lab-wiki`);
    assert.deepEqual(await refresh(project), {
      wiki: [
        "sections.Service.ExecStart[0]",
        "sections.Service.Restart",
        "sections.Unit.Description[0]",
      ],
    });
    assert.deepEqual(await up(project), { update: ["wiki"] });
    assert.match(await machine.run("journalctl -u lab-wiki -n 1 -o cat"), /one/);
    await machine.run("systemctl -q disable lab-wiki; systemctl stop lab-wiki");
    assert.deepEqual(await refresh(project), { wiki: ["enabled", "running"] });
    await up(project);
    assert.equal(await state("lab-wiki"), "enabled active");
    // A comment is no directive: the text alone says that somebody was there.
    await machine.run(`echo '# mine' >>${file}`);
    await refresh(project);
    assert.deepEqual(await up(project), { update: ["wiki"] });
    assert.equal(await machine.run(`grep -c mine ${file} || true`), "0\n");
    await machine.run(
      `rm ${file}; ln -s /dev/null ${file}; systemctl daemon-reload; systemctl stop lab-wiki`,
    );
    assert.deepEqual(await refresh(project), { wiki: "gone" });
    assert.deepEqual(await up(project), { create: ["wiki"] });
    assert.equal(await state("lab-wiki"), "enabled active");
    assert.equal(await machine.run(`cat ${file}.d/mine.conf`), "[Service]\nNice=5\n");
    await machine.run(`systemctl stop lab-wiki; rm ${file}; systemctl daemon-reload`);
    assert.deepEqual(await destroy(project), { delete: ["wiki"] });
    await machine.run(`rm -r ${file}.d; systemctl daemon-reload`);
  });

  it("takes back a unit that does not start, with its journal as the error, and the old one runs on", async () => {
    write({ wiki: sleeper("one") });
    await up(project);
    const text = await machine.run(`cat ${file}`);
    const broken = sleeper("x");
    broken.sections.Service = {
      ...broken.sections.Service,
      ExecStart: '/bin/sh -c "echo the port is taken; exit 3"',
      Restart: "always",
      RestartSec: "1h",
    };
    write({
      wiki: broken,
      fresh: { ...broken, name: "lab-fresh.service" },
      good: { ...sleeper("good"), name: "lab-good.service" },
    });
    const error = await upError(project);
    assert.match(
      error,
      /cannot restart lab-wiki\.service\. Its journal ends with:[\s\S]*the port is taken/,
    );
    assert.match(error, /The unit that was there before is back and runs\./);
    assert.match(
      error,
      /cannot start lab-fresh\.service\. Its journal ends with:[\s\S]*the port is taken/,
    );
    assert.equal(await machine.run(`cat ${file}`), text);
    assert.equal(await state("lab-wiki"), "enabled active");
    assert.equal(await state("lab-good"), "enabled active");
    assert.equal(
      await machine.run(
        "find /etc/systemd/system -name 'lab-fresh*'; systemctl list-units --all --plain --no-legend 'lab-fresh*'",
      ),
      "",
    );
    write({ wiki: sleeper("two"), good: { ...sleeper("good"), name: "lab-good.service" } });
    assert.deepEqual(await up(project), { update: ["wiki"] });
    await destroy(project);
  });

  it("has systemd judge a unit before anything is touched", async () => {
    write({ wiki: sleeper("one") });
    await up(project);
    const before = await pid("lab-wiki");
    const cases: [Sections, RegExp][] = [
      [
        { Service: { ExecStart: "/bin/true", Fooo: "1" } },
        /systemd refuses it:\s+lab-wiki\.service:\d+: Unknown key/,
      ],
      [
        { Service: { ExecStart: "/usr/bin/nowhere" } },
        /Command \/usr\/bin\/nowhere is not executable/,
      ],
      [{ Service: { Type: "oneshto", ExecStart: "/bin/true" } }, /Failed to parse service type/],
      [{ Service: { ExecStart: "bin/true" } }, /systemd refuses it/],
      [{ Unit: { Description: "no command" } }, /Service has no ExecStart=/],
    ];
    for (const [sections, message] of cases) {
      write({ wiki: { name: "lab-wiki.service", sections: { ...sections, Install: install } } });
      assert.match(await upError(project), message);
    }
    assert.equal(await pid("lab-wiki"), before);
    assert.match(await machine.run(`cat ${file}`), /echo one/);
    write({ wiki: sleeper("one") });
    await up(project);
    await destroy(project);
  });

  it("refuses a unit of somebody else's until it may adopt it, and gives it back as it was", async () => {
    const theirs =
      "[Service]\nExecStart=/bin/sleep 1000000\n[Install]\nWantedBy=multi-user.target\n";
    await machine.run(`cat >${file} <<'END'\n${theirs}END
systemctl daemon-reload; systemctl -q enable --now lab-wiki`);
    write({ wiki: sleeper("one") });
    assert.match(await upError(project), /lab-wiki\.service on root@10\.77\.0\.200 exists already/);
    write({ wiki: { ...sleeper("one"), adopt: true, enabled: false } });
    assert.deepEqual(await up(project), { create: ["wiki"] });
    assert.equal(await state("lab-wiki"), "disabled active");
    await destroy(project);
    assert.equal(await machine.run(`cat ${file}`), theirs);
    assert.equal(await state("lab-wiki"), "enabled active");
    assert.equal(await machine.run("ls -A /var/lib/labwright/originals"), "");
    // A package's own unit lies elsewhere, and would be hidden by ours.
    write({
      cron: {
        name: "systemd-networkd.service",
        sections: { Service: { ExecStart: "/bin/true" } },
        enabled: false,
      },
    });
    assert.match(
      await upError(project),
      /systemd-networkd\.service on root@10\.77\.0\.200 exists already/,
    );
    await machine.run(`systemctl -q disable --now lab-wiki; rm ${file}; systemctl daemon-reload`);
  });

  it("refuses a secret before anything is asked of the host", async () => {
    project.write(`import * as pulumi from "@pulumi/pulumi";
import { host } from "labwright/resources";
new host.Unit("wiki", { host: ${machine.host}, name: "lab-wiki.service",
  sections: { Service: { ExecStart: "/bin/true", Environment: pulumi.interpolate\`A=\${pulumi.secret("canary-0815")}\` } }, enabled: false });
`);
    const error = await upError(project);
    assert.match(error, /sections: holds a secret: anybody on the host can read a unit/);
    assert.ok(!error.includes("canary-0815"));
  });
});
