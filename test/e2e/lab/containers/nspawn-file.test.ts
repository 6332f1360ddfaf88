import assert from "node:assert/strict";
import fc from "fast-check";

import { checkMachine } from "../../../../provider/kinds/nspawn/machine/check";
import {
  type FileInputs,
  renderNspawnFile,
} from "../../../../provider/kinds/nspawn/machine/nspawn-file";
import { hostileText } from "../../../unit/provider/kinds/nspawn/inputs";
import { deleteMachine } from "../../support/machine";
import { startTestMachine, type TestMachine } from "../../support/test-machine";

const NUMBER = 191;
const COUNT = 10_000;
/** So many mounts at a time: each new one is looked for among those that are there. */
const BATCH = 500;

const nothing: FileInputs = { exec: {}, network: {}, files: {}, settings: {} };
const isGood = (inputs: Partial<FileInputs>): boolean =>
  checkMachine({ name: "judge", image: "base", ...nothing, ...inputs } as never).length === 0;

/** Generated texts that the kind does not refuse. */
function accepted(count: number, isFine: (text: string) => boolean): string[] {
  const found: string[] = [];
  for (let seed = 1; found.length < count; seed++)
    found.push(...fc.sample(hostileText, { numRuns: 5_000, seed }).filter(isFine));
  return found.slice(0, count);
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("systemd-nspawn reads from a container's settings file", function () {
  this.timeout(300_000);
  let machine: TestMachine;
  before(async () => {
    machine = await startTestMachine("judge", NUMBER);
    // A tree with nothing but the host's /usr in it: what starts there is one program.
    await machine.run(`apt-get -qq update >/dev/null; apt-get -qq -y install systemd-container >/dev/null 2>&1
mkdir -p /srv/judge/usr /srv/judge/etc /etc/systemd/nspawn /srv/from
cp /etc/os-release /srv/judge/etc/os-release
for name in bin sbin lib lib64; do ln -s "usr/$name" "/srv/judge/$name"; done
mount --bind /usr /srv/judge/usr`);
  });
  after(() => deleteMachine(NUMBER));

  /** Starts a program in a container with such a file; gives its output. */
  const judge = (inputs: FileInputs, program: string, before = "") =>
    machine.run(`echo ${base64(renderNspawnFile(inputs))} | base64 -d >/etc/systemd/nspawn/judge.nspawn
${before}
systemd-nspawn --quiet --directory=/srv/judge --machine=judge --settings=yes --register=no --keep-unit \\
  --link-journal=no --pipe ${program} >/srv/out 2>/tmp/said || { cat /tmp/said >&2; exit 1; }
if grep -v -e 'Timezone' -e 'timezone' -e 'locale' /tmp/said | grep -q .; then cat /tmp/said >&2; exit 1; fi
base64 -w0 /srv/out`);

  it("every value of an environment, whatever is in it", async () => {
    const values = accepted(COUNT, (value) => isGood({ exec: { environment: { A: value } } }));
    const environment = Object.fromEntries(values.map((value, at) => [`V${at}`, value]));
    const out = await judge({ ...nothing, exec: { environment } }, "/usr/bin/env -0");
    const seen = new Map(
      Buffer.from(out, "base64")
        .toString()
        .split("\0")
        .map((line): [string, string] => [
          line.slice(0, line.indexOf("=")),
          line.slice(line.indexOf("=") + 1),
        ]),
    );
    const wrong = values.filter((value, at) => seen.get(`V${at}`) !== value);
    assert.deepEqual(wrong, []);
  });

  it("every path of a bind, on both sides, whatever is in it", async () => {
    const names = accepted(COUNT, (name) => {
      const path = `/${name}`;
      const bytes = Math.max(...path.split("/").map((part) => Buffer.byteLength(part)));
      return (
        bytes < 200 &&
        isGood({ files: { binds: [{ source: path, path, readOnly: false, idmap: false }] } })
      );
    });
    for (let from = 0; from < names.length; from += 2 * BATCH) {
      const some = names.slice(from, from + 2 * BATCH);
      const binds = Array.from({ length: some.length / 2 }, (_, at) => ({
        source: `/srv/from/${at}/${some[2 * at]}`,
        path: `/to/${at}/${some[2 * at + 1]}`,
        readOnly: at % 3 === 0,
        idmap: false,
      }));
      const sources = base64(binds.map(({ source }) => `${source}\0`).join(""));
      const out = await judge(
        { ...nothing, files: { binds } },
        "/usr/bin/cat /proc/self/mountinfo",
        `rm -rf /srv/from /srv/judge/to; echo ${sources} | base64 -d | xargs -0 mkdir -p --`,
      );
      const seen = parseMounts(Buffer.from(out, "base64").toString());
      for (const { source, path, readOnly } of binds) {
        const mount = seen.get(path);
        assert.ok(mount, `nothing is mounted at ${JSON.stringify(path)}`);
        assert.ok(
          mount.root.endsWith(source),
          `${JSON.stringify(path)} shows ${JSON.stringify(mount.root)}`,
        );
        assert.equal(mount.readOnly, readOnly, path);
      }
    }
  });
});

/** Mount points with what of their file system they show: proc(5), mountinfo. */
function parseMounts(text: string): Map<string, { root: string; readOnly: boolean }> {
  const plain = (field: string): string => {
    const bytes = Buffer.from(field).toString("latin1");
    const unescaped = bytes.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    return Buffer.from(unescaped, "latin1").toString();
  };
  return new Map(
    text
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split(" "))
      .map((fields) => [
        plain(fields[4]!),
        { root: plain(fields[3]!), readOnly: fields[5]!.split(",").includes("ro") },
      ]),
  );
}
