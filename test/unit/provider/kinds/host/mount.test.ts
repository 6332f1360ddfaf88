import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import fc from "fast-check";

import { checkMount } from "../../../../../provider/kinds/host/mount/check";
import { parseFstabLine, renderFstabLine } from "../../../../../provider/kinds/host/mount/fstab";
import { mountKind } from "../../../../../provider/kinds/host/mount/kind";
import { escapePath, fitsUnitName } from "../../../../../provider/kinds/host/mount/unit-name";
import { parseUnits } from "../../../../../provider/kinds/host/mount/units.parse";
import {
  type MountText,
  renderAutomountUnit,
  renderMountUnit,
} from "../../../../../provider/kinds/host/mount/units.render";
import { checkInputs } from "../../../../../provider/rpc/check";
import type { Properties } from "../../../../../provider/rpc/value";
import { formatIssue } from "../../../../../validation/issue";
import { host } from "../../rpc/thing-kind";

/** Fixed, so that a failure can be looked at again. */
const SEED = 20240229;
const RUNS = 10_000;

const mount = (changes: Partial<MountText> = {}): MountText => ({
  where: "/media/films",
  what: "10.77.0.20:/srv/films",
  type: "nfs",
  options: ["nfsvers=4.2"],
  network: true,
  automount: true,
  idleTimeoutSeconds: 0,
  timeoutSeconds: 30,
  ...changes,
});

const given = (changes: Properties = {}): string[] =>
  checkInputs(mountKind, { host, ...(mount() as unknown as Properties), ...changes }).issues.map(
    formatIssue,
  );

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(..."/ab-01 .\\\"'#%$,;=:\t\né"), maxLength: 30 }),
);
/** Mounts that are accepted, out of ones made to get past the check. */
const accepted = fc
  .record({ where: hostile.map((text) => `/${text}`), what: hostile })
  .filter(({ where, what }) => checkMount(mount({ where, what }) as never).length === 0);

describe("host:Mount's units", () => {
  it("wait for the network, give up in time, and let a boot go on", () => {
    assert.equal(
      renderMountUnit(mount()),
      `[Unit]
Description=/media/films
Wants=network-online.target
After=network-online.target

[Mount]
What=10.77.0.20:/srv/films
Where=/media/films
Type=nfs
Options=nfsvers=4.2,_netdev,nofail
TimeoutSec=30

[Install]
WantedBy=remote-fs.target
`,
    );
    assert.equal(
      renderAutomountUnit(mount({ idleTimeoutSeconds: 60 })),
      `[Unit]
Description=/media/films

[Automount]
Where=/media/films
TimeoutIdleSec=60

[Install]
WantedBy=remote-fs.target
`,
    );
  });

  it("belong to local-fs.target without a network, and double a percent sign", () => {
    const text = renderMountUnit(mount({ network: false, what: "LABEL=100%", type: "ext4" }));
    assert.match(text, /What=LABEL=100%%\n/);
    assert.match(text, /Options=nfsvers=4\.2,nofail\n/);
    assert.match(text, /WantedBy=local-fs\.target\n/);
    assert.doesNotMatch(text, /network/);
  });

  const edits: [fact: string, from: string, to: string, seen: Partial<MountText>][] = [
    ["what", "/srv/films\n", "/srv/other\n", { what: "10.77.0.20:/srv/other" }],
    ["the type", "Type=nfs", "Type=nfs4", { type: "nfs4" }],
    ["the options", "nfsvers=4.2", "ro", { options: ["ro"] }],
    ["the network", "_netdev,", "", { network: false }],
    ["the time-out", "TimeoutSec=30", "TimeoutSec=5", { timeoutSeconds: 5 }],
  ];
  for (const [fact, from, to, seen] of edits)
    it(`show a change of ${fact}`, () => {
      const text = renderMountUnit(mount());
      assert.ok(text.includes(from));
      const { extra, ...parsed } = parseUnits(
        "/media/films",
        text.replace(from, to),
        renderAutomountUnit(mount()),
      );
      assert.deepEqual(parsed, mount(seen));
      // Away from the network it would have to belong to another target as well.
      assert.equal(extra === "", fact !== "the network");
    });

  it("show lines that somebody added", () => {
    const text = `${renderMountUnit(mount())}# mine\n`;
    assert.ok(
      parseUnits("/media/films", text, renderAutomountUnit(mount())).extra.includes("mine"),
    );
  });

  it("give back whatever is accepted", () => {
    fc.assert(
      fc.property(accepted, (changes) => {
        const wanted = mount(changes);
        const parsed = parseUnits(
          wanted.where,
          renderMountUnit(wanted),
          renderAutomountUnit(wanted),
        );
        assert.deepEqual(parsed, { ...wanted, extra: "" });
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});

describe("host:Mount's units, judged by systemd itself", () => {
  const verify = (folder: string, files: string[]) =>
    spawnSync("systemd-analyze", ["verify", "--man=no", ...files], {
      encoding: "utf8",
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:/lib/systemd/system` },
    });
  let folder: string;
  before(function () {
    if (spawnSync("systemd-analyze", ["--version"]).status !== 0) this.skip();
    folder = mkdtempSync(path.join(tmpdir(), "labwright-units-"));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  const write = (wanted: MountText): string => {
    const file = path.join(folder, `${escapePath(wanted.where)}.mount`);
    writeFileSync(file, renderMountUnit(wanted));
    return file;
  };

  it("are loaded without a word, whatever is accepted", function () {
    this.timeout(120_000);
    const files = fc
      .sample(accepted, { numRuns: RUNS, seed: SEED })
      .map(({ where, what }) => mount({ where: `/srv/m${where}`, what, options: ["x=50%"] }))
      .filter(({ where }) => fitsUnitName(where))
      .map(write)
      // A colon in an argument of `verify` is the start of an alias.
      .filter((file) => !file.includes(":"));
    const unique = [...new Set(files)];
    assert.ok(unique.length > RUNS / 2, String(unique.length));
    for (let at = 0; at < unique.length; at += 500) {
      const { status, stderr } = verify(folder, unique.slice(at, at + 500));
      assert.deepEqual([status, stderr], [0, ""]);
    }
  });

  it("are told from broken ones", () => {
    const file = write(mount({ where: "/srv/zz" }));
    writeFileSync(file, renderMountUnit(mount({ where: "/srv/other" })));
    assert.match(verify(folder, [file]).stderr, /Where= setting doesn't match unit name/);
    writeFileSync(file, renderMountUnit(mount({ where: "/srv/zz", what: "a\u{10ffff}b" })));
    assert.notEqual(verify(folder, [file]).stderr, "");
  });
});

describe("host:Mount's name of a unit", () => {
  const names: [path: string, name: string][] = [
    ["/media/films", "media-films"],
    ["/srv/a-b", "srv-a\\x2db"],
    ["/.hidden/.x", "\\x2ehidden-.x"],
    ["/é", "\\xc3\\xa9"],
  ];
  for (const [path, name] of names)
    it(`of ${path} is ${name}`, () => assert.equal(escapePath(path), name));

  it("is what systemd-escape makes of it", function () {
    if (spawnSync("systemd-escape", ["--version"]).status !== 0) this.skip();
    this.timeout(60_000);
    const paths = fc.sample(accepted, { numRuns: RUNS, seed: SEED }).map(({ where }) => where);
    for (let at = 0; at < paths.length; at += 500) {
      const some = paths.slice(at, at + 500);
      const { stdout, status } = spawnSync("systemd-escape", ["--path", "--", ...some], {
        encoding: "utf8",
      });
      assert.equal(status, 0);
      assert.equal(stdout.trimEnd(), some.map(escapePath).join(" "));
    }
  });
});

describe("host:Mount's line of /etc/fstab", () => {
  it("is marked as noauto when it is not to be mounted", () => {
    assert.equal(
      renderFstabLine(mount({ where: "/a b" }), true),
      "10.77.0.20:/srv/films /a\\040b nfs nfsvers=4.2,_netdev,nofail 0 0",
    );
    assert.match(renderFstabLine(mount(), false), /,nofail,noauto 0 0$/);
  });

  it("gives back whatever is accepted", () => {
    fc.assert(
      fc.property(accepted, (changes) => {
        const wanted = mount(changes);
        const line = renderFstabLine(wanted, true);
        assert.match(line, /^[^\s#]+ [^\s]+ nfs [^\s]+ 0 0$/);
        const { what, type, options, network } = wanted;
        assert.deepEqual(parseFstabLine(line), { what, type, options, network, noauto: false });
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});

describe("host:Mount check", () => {
  it("accepts a mount", () => assert.deepEqual(given(), []));

  const bad: [Properties, string][] = [
    [{ where: "media" }, 'where is "media": use an absolute path such as /etc/motd'],
    [{ where: "/" }, 'where is "/": use a path below /'],
    [{ where: "/a/" }, 'where is "/a/": leave out the doubled or trailing slash'],
    [
      { where: "/a\\b" },
      'where is "/a\\\\b": use a path without a backslash and without white space at its end',
    ],
    [
      { where: "/a " },
      'where is "/a ": use a path without a backslash and without white space at its end',
    ],
    [
      { where: `/${"é".repeat(40)}` },
      `where is "/${"é".repeat(40)}": use a shorter path: its unit's name has 255 characters`,
    ],
    [
      { what: "" },
      'what is "": use what mount(8) takes on one line, without white space or a backslash at its end',
    ],
    [
      { what: "a\nb" },
      'what is "a\\nb": use what mount(8) takes on one line, without white space or a backslash at its end',
    ],
    [
      { what: "-t" },
      'what is "-t": use what mount(8) takes on one line, without white space or a backslash at its end',
    ],
    [
      { type: "nfs,ext4" },
      'type is "nfs,ext4": use the name of a file system, such as nfs or ext4',
    ],
    [
      { options: ["ro,rw"] },
      'options[0] is "ro,rw": use one option of mount(8), such as ro or nfsvers=4.2, without white space and commas',
    ],
    [
      { options: ["_netdev"] },
      'options[0] is "_netdev": leave it out: network, mounted and this resource itself say it',
    ],
    [
      { options: ["x-systemd.automount"] },
      'options[0] is "x-systemd.automount": leave it out: only lines of /etc/fstab are read for it',
    ],
    [{ timeoutSeconds: 0 }, "timeoutSeconds is 0: use a whole number, 1-3600"],
    [
      { automount: false, idleTimeoutSeconds: 5 },
      "idleTimeoutSeconds is 5: use it with automount: true only",
    ],
  ];
  for (const [changes, message] of bad)
    it(`refuses ${JSON.stringify(changes).slice(0, 60)}`, () => {
      assert.deepEqual(given(changes), [message]);
    });
});
