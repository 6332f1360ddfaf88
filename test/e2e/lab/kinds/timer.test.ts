import assert from "node:assert/strict";
import fc from "fast-check";

import { checkTimer } from "../../../../provider/kinds/host/timer/check";
import { renderTimer } from "../../../../provider/kinds/host/timer/render";
import { checkValue } from "../../../../provider/kinds/host/unit/check";
import { renderUnit } from "../../../../provider/kinds/host/unit/sections";
import { Project } from "../../support/project";
import { type KindMachine, startKindMachine } from "./kind-machine";
import { assertNoChange, destroy, refresh, up, upError } from "./lab-project";

/** Fixed, so that a failure can be looked at again. */
const SEED = 20240229;
/** Generated texts for each renderer. */
const TEXTS = 10_000;

type TimerArgs = Record<string, unknown>;

describe("host:Timer on a real systemd", function () {
  let machine: KindMachine;
  let project: Project;

  const program = (
    timers: Record<string, TimerArgs>,
  ) => `import { host } from "labwright/resources";
const at = ${machine.host};
${Object.entries(timers)
  .map(
    ([name, args]) =>
      `const ${name} = new host.Timer("${name}", { host: at, ...${JSON.stringify(args)} } as host.TimerArgs);`,
  )
  .join("\n")}
${Object.keys(timers)
  .map(
    (name) =>
      `export const ${name}Facts = [${name}.lastResult, ${name}.lastRun, ${name}.nextElapse];`,
  )
  .join("\n")}
`;
  const write = (timers: Record<string, TimerArgs>) => project.write(program(timers));
  const state = async (unit: string) =>
    (
      await machine.run(
        `systemctl is-enabled ${unit} 2>/dev/null || true; systemctl is-active ${unit} || true`,
      )
    )
      .trim()
      .replace("\n", " ");
  const file = "/etc/systemd/system/lab-job";
  const script = "/usr/local/lib/labwright/timers/lab-job";
  const job: TimerArgs = {
    name: "lab-job",
    onCalendar: "yearly",
    command: [
      "/bin/sh",
      "-c",
      'printf "%s|%s|%s" "$0" "$WORD" "$(id -un)" >/srv/out',
      "it's 100 %h $HOME",
    ],
    environment: { WORD: 'a "b" \\ 50% $c' },
  };

  before(async () => {
    machine = await startKindMachine("kinds-timer", 201);
    project = new Project("kinds-timer", program({}));
    await project.init();
  });
  after(async () => {
    await project.remove();
    await machine.delete();
  });

  for (const time of ["the first time", "a second time"]) {
    it(`makes a timer that waits and a service that works, ${time}, and finds nothing to do after that`, async () => {
      write({ job });
      assert.deepEqual(await up(project), { create: ["job"] });
      assert.equal(await state("lab-job.timer"), "enabled active");
      const [result, last, next] = (await project.outputs())["jobFacts"] as string[];
      assert.deepEqual([result, last], ["none", ""]);
      assert.match(next!, /^\d{4}-01-01T00:00:00Z$/);
      await assertNoChange(project);
      assert.deepEqual(await refresh(project), {});
      // Every word as it was given.
      await machine.run("systemctl start lab-job.service");
      assert.equal(await machine.run("cat /srv/out"), 'it\'s 100 %h $HOME|a "b" \\ 50% $c|root');
    });

    it(`takes it away without a trace, ${time}`, async () => {
      assert.deepEqual(await destroy(project), { delete: ["job"] });
      assert.equal(
        await machine.run(`find /etc/systemd/system /var/lib/systemd/timers ${script} -name '*lab-job*' 2>/dev/null || true
systemctl list-units --all --plain --no-legend 'lab-*'
ls /var/lib/labwright/ledger`),
        "",
      );
    });
  }

  it("fires, and tells how it went and when", async () => {
    write({
      quick: {
        name: "lab-quick",
        onCalendar: "*:*:0/1",
        accuracySec: "1ms",
        script: "date >>/srv/fired\n",
      },
      sad: {
        name: "lab-sad",
        onCalendar: "*:*:0/1",
        accuracySec: "1ms",
        command: ["/bin/sh", "-c", "exit 5"],
      },
    });
    await up(project);
    await machine.run(
      "for i in $(seq 100); do if [ -s /srv/fired ]; then exit 0; fi; sleep 0.1; done; exit 1",
    );
    await machine.run(
      "for i in $(seq 100); do if systemctl is-failed --quiet lab-sad.service; then exit 0; fi; sleep 0.1; done; exit 1",
    );
    await machine.run("systemctl stop lab-quick.timer lab-sad.timer; sleep 0.5");
    const drift = await refresh(project);
    assert.ok((drift["quick"] as string[]).includes("running"), JSON.stringify(drift));
    // With the timers stopped, nothing moves while they are looked at.
    await project.refresh();
    const outputs = await project.outputs();
    void outputs;
    const state = JSON.parse(await project.exportState()) as {
      deployment: { resources: { urn: string; outputs?: Record<string, string> }[] };
    };
    const seen = (name: string) =>
      state.deployment.resources.find(({ urn }) => urn.endsWith(`Timer::${name}`))!.outputs!;
    assert.equal(seen("quick")["lastResult"], "success");
    assert.match(seen("quick")["lastRun"]!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(seen("sad")["lastResult"], "exit-code");
    assert.equal(seen("quick")["nextElapse"], "");
    await destroy(project);
  });

  it("changes every field", async () => {
    write({ job });
    await up(project);
    await machine.run(
      "useradd -m jo; install -d -o jo /srv/work; printf 'FROM=file\\n' >/srv/env; chmod 600 /srv/env",
    );
    const steps: [TimerArgs, RegExp, "timer" | "service"][] = [
      [{ description: "50 % done" }, /^Description=50 %% done$/m, "timer"],
      [
        { onCalendar: ["daily", "Mon 03:30"] },
        /^OnCalendar=daily\nOnCalendar=Mon 03:30$/m,
        "timer",
      ],
      [{ onBootSec: "15min" }, /^OnBootSec=15min$/m, "timer"],
      [{ onUnitActiveSec: "1h" }, /^OnUnitActiveSec=1h$/m, "timer"],
      [{ onUnitInactiveSec: "2h" }, /^OnUnitInactiveSec=2h$/m, "timer"],
      [{ persistent: true }, /^Persistent=true$/m, "timer"],
      [{ randomizedDelaySec: "5min" }, /^RandomizedDelaySec=5min$/m, "timer"],
      [{ accuracySec: "1s" }, /^AccuracySec=1s$/m, "timer"],
      [{ user: "jo" }, /^User=jo$/m, "service"],
      [{ environment: { A: "1" } }, /^Environment=A=1$/m, "service"],
      [
        { environmentFiles: ["/srv/env", "-/srv/none"] },
        /^EnvironmentFile=\/srv\/env\nEnvironmentFile=-\/srv\/none$/m,
        "service",
      ],
      [{ workingDirectory: "/srv/work" }, /^WorkingDirectory=\/srv\/work$/m, "service"],
      [{ settings: { Service: { Nice: "7" } } }, /^Nice=7$/m, "service"],
      [
        {
          command: undefined,
          script: "#!/bin/sh\n{ pwd; echo $FROM $A; id -un; } >/srv/work/said\n",
        },
        new RegExp(`^ExecStart=${script}$`, "m"),
        "service",
      ],
    ];
    let all = job;
    for (const [change, expected, which] of steps) {
      all = { ...all, ...change };
      write({ job: all });
      assert.deepEqual(await up(project), { update: ["job"] }, JSON.stringify(change));
      assert.match(await machine.run(`cat ${file}.${which}`), expected);
    }
    await assertNoChange(project);
    assert.equal(await state("lab-job.timer"), "enabled active");
    await machine.run("systemctl start lab-job.service");
    assert.equal(await machine.run("cat /srv/work/said"), "/srv/work\nfile 1\njo\n");
    write({ job: { ...all, enabled: false, running: false } });
    await up(project);
    assert.equal(await state("lab-job.timer"), "disabled inactive");
    write({ job });
    await up(project);
    await machine.run(`test ! -e ${script}`);
    await destroy(project);
  });

  it("sees every edit by hand and repairs it", async () => {
    const full = { ...job, onBootSec: "15min", accuracySec: "1s", environmentFiles: "-/srv/env" };
    write({ job: full });
    await up(project);
    const edits: [string, string[]][] = [
      [`sed -i 's/^OnCalendar=.*/OnCalendar=monthly/' ${file}.timer`, ["onCalendar[0]"]],
      [`sed -i '/^OnBootSec/d' ${file}.timer`, ["onBootSec"]],
      [`sed -i 's/^AccuracySec=.*/AccuracySec=9s/' ${file}.timer`, ["accuracySec"]],
      [`sed -i '/^\\[Timer\\]/a Persistent=true' ${file}.timer`, ["persistent"]],
      [`sed -i 's/^User=.*/User=daemon/' ${file}.service`, ["user"]],
      [
        `sed -i 's/^ExecStart=.*/ExecStart=\\/bin\\/true/' ${file}.service`,
        ["command[0]", "command[1]", "command[2]", "command[3]"],
      ],
      [`sed -i 's/^Environment=.*/Environment=WORD=x/' ${file}.service`, ["environment.WORD"]],
      [`sed -i '/^EnvironmentFile/d' ${file}.service`, ["environmentFiles[0]"]],
      [`sed -i '/^\\[Service\\]/a Nice=3' ${file}.service`, ["settings.Service"]],
      [`sed -i 's/^Description=.*/Description=x/' ${file}.service`, ["description"]],
      [`echo '# mine' >>${file}.timer`, ["sha256"]],
      ["systemctl -q disable lab-job.timer", ["enabled"]],
      ["systemctl stop lab-job.timer", ["running"]],
    ];
    for (const [edit, expected] of edits) {
      await machine.run(`${edit}; systemctl daemon-reload`);
      const drift = await refresh(project);
      if (expected[0] !== "sha256") {
        const seen = (drift["job"] as string[]).filter((path) => path !== "nextElapse");
        assert.deepEqual(seen, expected, edit);
      }
      assert.deepEqual(await up(project), { update: ["job"] }, edit);
    }
    assert.equal(await state("lab-job.timer"), "enabled active");
    await machine.run(`rm ${file}.service; systemctl daemon-reload`);
    assert.deepEqual(await refresh(project), { job: "gone" });
    assert.deepEqual(await up(project), { create: ["job"] });
    await machine.run(`systemctl stop lab-job.timer; rm ${file}.*; systemctl daemon-reload`);
    assert.deepEqual(await destroy(project), { delete: ["job"] });
  });

  it("has systemd judge times and units before anything is touched", async () => {
    write({ job });
    await up(project);
    const text = await machine.run(`cat ${file}.timer ${file}.service`);
    const cases: [TimerArgs, RegExp][] = [
      [{ onCalendar: "evry day" }, /onCalendar is not understood by systemd:[\s\S]*evry day/],
      [
        { onCalendar: ["daily", "Mon 25:00"] },
        /onCalendar is not understood by systemd:[\s\S]*Mon 25:00/,
      ],
      [{ onBootSec: "ten minutes" }, /onBootSec is not understood by systemd/],
      [
        { command: ["/usr/bin/nowhere"] },
        /systemd refuses it:\s+lab-job\.service: Command \/usr\/bin\/nowhere is not executable/,
      ],
      [{ settings: { Service: { Nicer: "1" } } }, /lab-job\.service:\d+: Unknown key/],
      [{ onCalendar: [] }, /onCalendar is missing: say when it is to run/],
      [{ command: undefined }, /command is missing: give a program and its arguments, or a script/],
      [
        { command: undefined, script: "#!/usr/bin/nowhere\n", onCalendar: "nonsense" },
        /onCalendar is not understood/,
      ],
    ];
    for (const [change, message] of cases) {
      write({ job: { ...job, ...change } });
      assert.match(await upError(project), message);
    }
    assert.equal(await machine.run(`cat ${file}.timer ${file}.service; test ! -e ${script}`), text);
    assert.equal(await state("lab-job.timer"), "enabled active");
    write({ job });
    await up(project);
    await destroy(project);
  });

  describe("its renderers, before systemd's own parser", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.string({
        unit: fc.constantFrom(..."\"\\;$%# \t\n\r'`{}[]=()<>|&~!@:+-0129azx.é\u007f\u0001"),
        maxLength: 60,
      }),
    );
    const texts = fc
      .sample(text, { numRuns: TEXTS, seed: SEED })
      .map((value) => value.replaceAll("\0", "0"));
    const timer = {
      name: "lab-hostile",
      description: "",
      onCalendar: ["yearly"],
      persistent: false,
      user: "root",
      environment: {},
      environmentFiles: [],
      settings: {},
      enabled: true,
      running: true,
    };
    const load = (service: string) =>
      machine.run(`cat >/etc/systemd/system/lab-hostile.service <<'END-OF-UNIT'
${service}END-OF-UNIT
systemctl daemon-reload`);

    it(`give a program ${TEXTS} arguments exactly as they are`, async () => {
      const good = texts.filter((value) => checkTimer({ command: ["/bin/x", value] }).length === 0);
      assert.ok(good.length > TEXTS * 0.8, `${good.length}`);
      for (let at = 0; at < good.length; at += 2500) {
        const some = good.slice(at, at + 2500);
        const { service } = renderTimer({
          ...timer,
          command: ["/usr/bin/printf", "%s\\0", ...some],
          settings: { Service: { StandardOutput: ["truncate:/srv/arguments"] } },
        });
        await load(service);
        await machine.run("systemctl start lab-hostile.service");
        const seen = Buffer.from(
          await machine.run("base64 -w0 /srv/arguments"),
          "base64",
        ).toString();
        assert.deepEqual(seen.split("\0").slice(0, -1), some);
      }
    });

    it(`give it ${TEXTS} variables exactly as they are`, async () => {
      const good = texts.filter((value) => checkTimer({ environment: { A: value } }).length === 0);
      assert.ok(good.length > TEXTS * 0.3, `${good.length}`);
      for (let at = 0; at < good.length; at += 2500) {
        const some = good.slice(at, at + 2500);
        const { service } = renderTimer({
          ...timer,
          command: ["/usr/bin/env", "-0"],
          environment: Object.fromEntries(some.map((value, index) => [`LAB_${index}`, value])),
          settings: { Service: { StandardOutput: ["truncate:/srv/variables"] } },
        });
        await load(service);
        await machine.run("systemctl start lab-hostile.service");
        const seen = Buffer.from(
          await machine.run("base64 -w0 /srv/variables"),
          "base64",
        ).toString();
        const found = new Map(
          seen.split("\0").map((line) => [line.split("=")[0], line.replace(/^[^=]*=/s, "")]),
        );
        some.forEach((value, index) => assert.equal(found.get(`LAB_${index}`), value));
      }
    });

    it(`write ${TEXTS} values of a unit's directives as systemd reads them, or refuse them`, async () => {
      // A condition keeps what it is given, but for specifiers and what a | or ! in front means.
      const values = texts.map((value) => `x${value.replaceAll("%", "%%")}`);
      const good = values.filter((value) => checkValue(value) === undefined);
      assert.ok(good.length > TEXTS * 0.3, `${good.length}`);
      for (const refused of values.filter((value) => checkValue(value) !== undefined))
        assert.match(refused, /\p{Cc}|\p{Cs}|\p{NChar}|^\s|\s$|\\$/u);
      for (let at = 0; at < good.length; at += 2500) {
        const some = good.slice(at, at + 2500);
        await load(
          renderUnit({
            Unit: { ConditionKernelCommandLine: some, Description: ["sentinel"] },
            Service: { ExecStart: ["/bin/true"] },
          }),
        );
        const property = async (name: string): Promise<{ data: unknown }> => {
          const encoded = await machine.run(
            `busctl --json=short get-property org.freedesktop.systemd1 /org/freedesktop/systemd1/unit/lab_2dhostile_2eservice org.freedesktop.systemd1.Unit ${name} | base64 -w0`,
          );
          return JSON.parse(Buffer.from(encoded, "base64").toString()) as { data: unknown };
        };
        const conditions = (await property("Conditions")).data as [
          string,
          boolean,
          boolean,
          string,
          number,
        ][];
        const seen = conditions.map(([, , , value]) => value).sort();
        assert.deepEqual(seen, some.map((value) => value.replaceAll("%%", "%")).sort());
        assert.equal((await property("Description")).data, "sentinel");
      }
    });

    after(() => machine.run("rm -f /etc/systemd/system/lab-hostile.*; systemctl daemon-reload"));
  });
});
