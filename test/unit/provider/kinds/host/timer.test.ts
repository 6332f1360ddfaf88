import assert from "node:assert/strict";
import fc from "fast-check";

import { checkTimer } from "../../../../../provider/kinds/host/timer/check";
import { timerKind } from "../../../../../provider/kinds/host/timer/kind";
import { parseTimer } from "../../../../../provider/kinds/host/timer/parse";
import { quoteWord, splitWords } from "../../../../../provider/kinds/host/timer/quoting";
import { renderTimer, type TimerInputs } from "../../../../../provider/kinds/host/timer/render";
import { checkInputs } from "../../../../../provider/rpc/check";
import { Secret } from "../../../../../provider/rpc/value";
import { formatIssue } from "../../../../../validation/issue";

const plain: TimerInputs = {
  name: "backup",
  description: "",
  onCalendar: ["daily"],
  persistent: false,
  command: ["/usr/bin/backup", "--all"],
  user: "root",
  environment: {},
  environmentFiles: [],
  settings: {},
  enabled: true,
  running: true,
};

const full: TimerInputs = {
  ...plain,
  description: "100 % of it",
  onCalendar: ["Mon..Fri 03:30", "Sat 12:00"],
  onBootSec: "15min",
  onUnitActiveSec: "1h",
  onUnitInactiveSec: "2h",
  persistent: true,
  randomizedDelaySec: "5min",
  accuracySec: "1s",
  command: ["/usr/bin/backup", "a b", '"', "\\", "$HOME", "%h", "line\nbreak", ";", ""],
  user: "backup",
  environment: { B: "2 3", A: '100 % "x" \\ $y' },
  environmentFiles: ["/etc/backup/env", "-/etc/backup/50%"],
  workingDirectory: "/srv/100% mine",
  settings: {
    Unit: { After: ["network-online.target"] },
    Service: { Nice: ["19"] },
    Timer: { OnActiveSec: ["1"] },
  },
};

describe("renderTimer()", () => {
  it("writes a timer and a service of its name", () => {
    assert.deepEqual(renderTimer(plain), {
      timer: `[Unit]
Description=backup

[Timer]
OnCalendar=daily

[Install]
WantedBy=timers.target
`,
      service: `[Unit]
Description=backup

[Service]
ExecStart=/usr/bin/backup --all
Type=oneshot
User=root
`,
      script: "",
    });
  });

  it("writes every field, and quotes what systemd would read in another way", () => {
    const { timer, service } = renderTimer(full);
    assert.equal(
      timer,
      `[Unit]
Description=100 %% of it

[Timer]
AccuracySec=1s
OnActiveSec=1
OnBootSec=15min
OnCalendar=Mon..Fri 03:30
OnCalendar=Sat 12:00
OnUnitActiveSec=1h
OnUnitInactiveSec=2h
Persistent=true
RandomizedDelaySec=5min

[Install]
WantedBy=timers.target
`,
    );
    assert.equal(
      service,
      `[Unit]
After=network-online.target
Description=100 %% of it

[Service]
Environment="A=100 %% \\"x\\" \\\\ $y"
Environment="B=2 3"
EnvironmentFile=/etc/backup/env
EnvironmentFile=-/etc/backup/50%%
ExecStart=/usr/bin/backup "a b" "\\"" "\\\\" "$$HOME" "%%h" "line\\nbreak" ";" ""
Nice=19
Type=oneshot
User=backup
WorkingDirectory=/srv/100%% mine
`,
    );
  });

  it("runs a script by sh, or by what its first line says", () => {
    const at = "/usr/local/lib/labwright/timers/backup";
    const script = (text: string) => renderTimer({ ...plain, command: undefined, script: text });
    assert.match(script("echo a\n").service, new RegExp(`^ExecStart=/bin/sh ${at}$`, "m"));
    assert.match(script("#!/usr/bin/python3\n").service, new RegExp(`^ExecStart=${at}$`, "m"));
    assert.equal(script("echo a\n").script, "echo a\n");
  });
});

describe("parseTimer()", () => {
  const settled = (inputs: TimerInputs) =>
    Object.fromEntries(
      Object.entries(inputs).filter(([field]) => field !== "enabled" && field !== "running"),
    );
  const absent = {
    onBootSec: undefined,
    onUnitActiveSec: undefined,
    onUnitInactiveSec: undefined,
    randomizedDelaySec: undefined,
    accuracySec: undefined,
    workingDirectory: undefined,
    script: undefined,
  };

  it("reads what renderTimer() wrote", () => {
    assert.deepEqual(parseTimer("backup", renderTimer(plain)), { ...absent, ...settled(plain) });
    assert.deepEqual(parseTimer("backup", renderTimer(full)), { ...absent, ...settled(full) });
    const scripted = { ...plain, command: undefined, script: "#!/bin/sh\necho a\n" };
    assert.deepEqual(parseTimer("backup", renderTimer(scripted)), {
      ...absent,
      ...settled(scripted),
    });
  });

  it("reads arguments and variables of any text back", () => {
    const word = fc.string({ unit: "binary", maxLength: 30 });
    const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,5}$/);
    fc.assert(
      fc.property(fc.array(word), fc.dictionary(name, word), (words, environment) => {
        const inputs = { ...plain, command: ["/bin/x", ...words], environment: { ...environment } };
        if (checkTimer(inputs as never).length > 0) return;
        const seen = parseTimer("backup", renderTimer(inputs));
        assert.deepEqual(seen.command, inputs.command);
        assert.deepEqual(seen.environment, inputs.environment);
      }),
      { numRuns: 2000 },
    );
  });

  it("says what was edited by hand in the fields' own terms, and the rest as settings", () => {
    const seen = parseTimer("backup", {
      timer: "[Timer]\nOnCalendar=weekly\nPersistent=yes\nWakeSystem=1\n",
      service:
        "[Service]\nExecStart=/bin/sh -c 'echo \"a b\"' x\\x20y\nUser=jo\nEnvironment=A=1 'B=2 3'\nNice=5\n",
      script: "",
    });
    assert.deepEqual(seen.onCalendar, ["weekly"]);
    assert.equal(seen.persistent, true);
    assert.equal(seen.user, "jo");
    assert.deepEqual(seen.command, ["/bin/sh", "-c", 'echo "a b"', "x y"]);
    assert.deepEqual(seen.environment, { A: "1", B: "2 3" });
    assert.deepEqual(seen.settings, { Service: { Nice: ["5"] }, Timer: { WakeSystem: ["1"] } });
  });

  it("takes anything", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (timer, service) => {
        parseTimer("x", { timer, service: `[Service]\nExecStart=${service}`, script: "" });
      }),
    );
  });
});

describe("quoteWord() and splitWords()", () => {
  it("leave plain words alone", () => {
    assert.equal(quoteWord("--a=/b/c.d:e,f@g+h"), "--a=/b/c.d:e,f@g+h");
    assert.deepEqual(splitWords("a  b\tc"), ["a", "b", "c"]);
  });
  it("keep empty words", () => {
    assert.equal(quoteWord(""), '""');
    assert.deepEqual(splitWords(`a "" ''`), ["a", "", ""]);
  });
});

describe("checkTimer()", () => {
  it("finds nothing wrong with good inputs, or with what is not known yet", () => {
    assert.deepEqual(checkTimer({}), []);
    assert.deepEqual(checkTimer(plain as never), []);
    assert.deepEqual(checkTimer(full as never), []);
  });

  const path = "use an absolute path such as /etc/motd";
  const control =
    "leave out line breaks and other control characters; a list gives the directive several times";
  const bad: [Partial<TimerInputs>, string[]][] = [
    [{ name: "a b" }, ['name is "a b": use letters, digits, _, -, . and :, such as backup']],
    [{ name: "a/b" }, ['name is "a/b": use letters, digits, _, -, . and :, such as backup']],
    [{ name: "backup.timer" }, ['name is "backup.timer": leave out the type: backup']],
    [{ description: "a\nb" }, [`description is "a\\nb": ${control}`]],
    [{ onCalendar: [""] }, ['onCalendar[0] is "": give a time, or leave it out']],
    [{ onCalendar: ["daily\nUnit=x"] }, [`onCalendar[0] is "daily\\nUnit=x": ${control}`]],
    [{ onBootSec: "" }, ['onBootSec is "": give a time, or leave it out']],
    [{ accuracySec: "1s " }, ['accuracySec is "1s ": leave out the white space at the ends']],
    [{ command: [] }, ["command is []: give a program and its arguments"]],
    [{ command: ["backup"] }, [`command[0] is "backup": ${path}`]],
    [
      { command: ['/bin/a"b'] },
      [
        'command[0] is "/bin/a\\"b": use the path of a program without quotes, backslashes and dollar signs',
      ],
    ],
    [
      { command: ["/bin/a", "\ud800"] },
      ['command[1] is "\\ud800": leave out what is no character of Unicode'],
    ],
    [{ command: ["/bin/a"], script: "b" }, ['script is "b": use either command or script']],
    [{ script: "" }, ['script is "": give the text of a script']],
    [
      { user: "a b" },
      ['user is "a b": use a lower-case letter, then letters, digits, - or _, at most 32'],
    ],
    [
      { environment: { "A B": "1" } },
      ['environment is "A B": use the name of a variable: letters, digits and _, no digit first'],
    ],
    [
      { environment: { A: "\u0001" } },
      ['environment.A is "\\u0001": leave out control characters'],
    ],
    [{ environmentFiles: ["-etc/x"] }, [`environmentFiles[0] is "-etc/x": ${path}`]],
    [{ workingDirectory: "~" }, [`workingDirectory is "~": ${path}`]],
    [
      { settings: { Install: {} } },
      ['settings is "Install": use the sections Unit, Service and Timer'],
    ],
    [
      { settings: { Service: { ExecStart: ["x"], User: ["y"], Nice: ["1\n"] } } },
      [
        'settings.Service is "ExecStart": use the field command',
        'settings.Service is "User": use the field user',
        `settings.Service.Nice[0] is "1\\n": ${control}`,
      ],
    ],
    [
      { settings: { Timer: { Unit: ["x.service"] } } },
      ['settings.Timer is "Unit": leave it out: the timer runs the service of its own name'],
    ],
  ];
  for (const [inputs, expected] of bad) {
    it(`says what is wrong with ${JSON.stringify(inputs).slice(0, 80)}`, () => {
      assert.deepEqual(checkTimer(inputs as never).map(formatIssue), expected);
    });
  }

  it("refuses secrets in what everybody on the host can read", () => {
    const secret = new Secret("canary");
    const { issues } = checkInputs(timerKind, {
      name: "a",
      command: ["/bin/a", secret],
      environment: { A: secret },
      settings: { Service: { Nice: secret } },
    });
    const said = issues.map(formatIssue).filter((line) => line.includes("holds a secret"));
    assert.deepEqual(
      said.map((line) => line.split(":")[0]),
      ["command", "environment", "settings"],
    );
    assert.ok(!issues.map(formatIssue).join().includes("canary"));
  });
});
