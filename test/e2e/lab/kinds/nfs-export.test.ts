import assert from "node:assert/strict";

import { quote } from "../../../../provider/host/quote";
import { Project } from "../../support/project";
import { assertNoChange, destroy, refresh, up, upError } from "./lab-project";
import { type KindMachine, startKindMachine } from "./kind-machine";

interface Client {
  client: string;
  options: string[];
}
interface ExportArgs {
  name: string;
  path: string;
  clients: Client[];
  adopt?: boolean;
}

const rw = (client: string): Client => ({ client, options: ["rw", "no_subtree_check"] });
const ro = (client: string): Client => ({ client, options: ["ro", "no_subtree_check"] });
const media: ExportArgs = {
  name: "media",
  path: "/srv/media",
  clients: [rw("10.77.0.90"), ro("10.77.0.0/24")],
};
const odd: ExportArgs = {
  name: "odd",
  path: "/srv/a b#\"c'é(rw)",
  clients: [ro("fd00:77::/64")],
};

/** exportfs itself, with its table; nobody mounts anything, so that no kernel's server is needed. */
describe("nfs:Export on a real exportfs", function () {
  let machine: KindMachine;
  let project: Project;

  const program = (exports: Record<string, ExportArgs>) =>
    `import { nfs } from "labwright/resources";
const host = ${machine.host};
const wanted: Record<string, Omit<nfs.ExportArgs, "host">> = ${JSON.stringify(exports)};
for (const [name, args] of Object.entries(wanted)) new nfs.Export(name, { host, ...args });
`;
  const apply = (exports: Record<string, ExportArgs>) => {
    project.write(program(exports));
    return up(project);
  };
  /** The server's table, without options that are always there. */
  const table = async () => {
    const lines = (await machine.run("exportfs -s")).split("\n").filter(Boolean).sort();
    return lines.map((line) => line.replace(/\([^()]*,(r[ow]),[^()]*\)$/, " $1"));
  };
  const file = (name: string) => machine.run(`cat /etc/exports.d/${name}.exports`);

  before(async () => {
    machine = await startKindMachine("kinds-nfs-export", 170);
    await machine.run(`apt-get -qq install -y --no-install-recommends nfs-kernel-server >/dev/null 2>&1
mkdir -p /srv/media /srv/other ${quote(odd.path)}`);
    project = new Project("kinds-nfs-export", "");
    await project.init();
  });
  after(async () => {
    await project.remove();
    await machine.delete();
  });

  for (const time of ["the first time", "a second time"]) {
    it(`creates exports, ${time}, reads them back, and deletes them without their directories`, async () => {
      assert.deepEqual(await apply({ media, odd }), { create: ["media", "odd"] });
      assert.deepEqual(await table(), [
        "/srv/a\\040b#\"c'é(rw)  fd00:77::/64 ro",
        "/srv/media  10.77.0.0/24 ro",
        "/srv/media  10.77.0.90 rw",
      ]);
      assert.equal(
        await file("media"),
        "/srv/media 10.77.0.90(rw,no_subtree_check) 10.77.0.0/24(ro,no_subtree_check)\n",
      );
      await assertNoChange(project);
      assert.deepEqual(await refresh(project), {});
      assert.deepEqual(await destroy(project), { delete: ["media", "odd"] });
      assert.deepEqual(await table(), []);
      assert.equal(
        await machine.run("ls /etc/exports.d /srv"),
        "/etc/exports.d:\n\n/srv:\na b#\"c'é(rw)\nmedia\nother\n",
      );
    });
  }

  it("changes path, clients and options in place, and name by a replacement", async () => {
    await apply({ media });
    assert.deepEqual(await apply({ media: { ...media, path: "/srv/other" } }), {
      update: ["media"],
    });
    assert.deepEqual(await table(), ["/srv/other  10.77.0.0/24 ro", "/srv/other  10.77.0.90 rw"]);
    const clients = [ro("10.77.0.90"), rw("10.77.0.91")];
    assert.deepEqual(await apply({ media: { ...media, clients } }), { update: ["media"] });
    assert.deepEqual(await table(), ["/srv/media  10.77.0.90 ro", "/srv/media  10.77.0.91 rw"]);
    const changed = await apply({ media: { ...media, name: "films", clients } });
    assert.deepEqual(changed["create-replacement"], ["media"]);
    assert.equal(await machine.run("ls /etc/exports.d"), "films.exports\n");
    assert.deepEqual(await table(), ["/srv/media  10.77.0.90 ro", "/srv/media  10.77.0.91 rw"]);
    await destroy(project);
  });

  it("shows hand edits of every property, in the file and in the server's table, and repairs them", async () => {
    // Each edit has an export of its own, so that one refresh sees them all.
    const edits: [edit: string, expected: string[] | "gone"][] = [
      [
        `echo '/srv/other 10.77.0.90(rw,no_subtree_check) 10.77.0.0/24(ro,no_subtree_check)' >"$f"`,
        ["path"],
      ],
      [`sed -i 's/10.77.0.90(rw/10.77.0.99(rw/' "$f"`, ["clients[0].client"]],
      [
        `sed -i 's/(rw,no_sub/(rw,no_root_squash,no_sub/' "$f"`,
        ["clients[0].options[1]", "clients[0].options[2]"],
      ],
      [`sed -i 's/$/ *(rw)/' "$f"`, ["clients[2]"]],
      [`echo '/srv/other *(rw)' >>"$f"`, ["extra"]],
      [`exportfs -o rw "*:$d"`, ["live"]],
      [`exportfs -u "10.77.0.90:$d"`, ["live"]],
      [`exportfs -o rw,no_root_squash "10.77.0.0/24:$d"`, ["live"]],
      [`rm "$f"`, "gone"],
    ];
    const all = Object.fromEntries(
      edits.map((_, index) => [
        `e${index}`,
        { ...media, name: `e${index}`, path: `/srv/edited/${index}` },
      ]),
    );
    await machine.run(
      `mkdir -p ${Object.values(all)
        .map(({ path }) => path)
        .join(" ")}`,
    );
    await apply(all);
    const state = () => machine.run("exportfs -s | sort; cat /etc/exports.d/*.exports");
    const before = await state();
    await machine.run(
      edits
        .map(([edit], n) => `f=/etc/exports.d/e${n}.exports d=/srv/edited/${n}\n${edit}`)
        .join("\n"),
    );
    const seen = await refresh(project);
    // exportfs, run for one export, may take up the edited file of another as well.
    for (const [name, found] of Object.entries(seen))
      if (found !== "gone" && found.length > 1) seen[name] = found.filter((one) => one !== "live");
    assert.deepEqual(
      seen,
      Object.fromEntries(edits.map(([, expected], index) => [`e${index}`, expected])),
    );
    assert.deepEqual(await up(project), {
      create: ["e8"],
      update: ["e0", "e1", "e2", "e3", "e4", "e5", "e6", "e7"],
    });
    assert.equal(await state(), before);
    await assertNoChange(project);
    await destroy(project);
  });

  it("refuses what exportfs refuses, in its words, and leaves the old export in force", async () => {
    await apply({ media });
    const before = await machine.run("exportfs -s | sort");
    const bad: [ExportArgs, RegExp][] = [
      [
        { ...media, clients: [{ client: "10.77.0.9", options: ["rw", "no_such_option"] }] },
        /unknown keyword "no_such_option"/,
      ],
      [{ ...media, clients: [rw("10.77.0.0/99")] }, /Invalid prefix `99' for 10\.77\.0\.0\/99/],
      [{ ...media, clients: [rw("nowhere.invalid")] }, /Failed to resolve nowhere\.invalid/],
      [{ ...media, clients: [{ client: "10.77.0.9", options: ["anonuid=many"] }] }, /anonuid/],
      [
        { ...media, path: "/srv/none" },
        /path is \/srv\/none: there is no such directory on this host, create it first/,
      ],
    ];
    for (const [args, message] of bad) {
      project.write(program({ media: args, odd }));
      assert.match(await upError(project), message);
      assert.equal(
        await machine.run("exportfs -s | grep -v '^/srv/a' | sort"),
        before,
        String(message),
      );
    }
    assert.deepEqual(await apply({ media, odd }), {});
    await destroy(project);
  });

  it("is not kept from its work by a mistake in a file of somebody else", async () => {
    await machine.run(
      "mkdir -p /etc/exports.d; echo '/srv/other *(nonsense)' >/etc/exports.d/foreign.exports",
    );
    assert.deepEqual(await apply({ media }), { create: ["media"] });
    assert.deepEqual(await table(), ["/srv/media  10.77.0.0/24 ro", "/srv/media  10.77.0.90 rw"]);
    await destroy(project);
    await machine.run("rm /etc/exports.d/foreign.exports");
  });

  it("refuses a file that somebody else made; with adopt takes it over and gives it back", async () => {
    await machine.run(
      "mkdir -p /etc/exports.d; echo '/srv/media *(ro)' >/etc/exports.d/media.exports; exportfs -ra 2>/dev/null",
    );
    project.write(program({ media }));
    assert.match(await upError(project), /exists already and was not made by this resource/);
    assert.deepEqual(await apply({ media: { ...media, adopt: true } }), { create: ["media"] });
    assert.deepEqual((await table()).length, 2);
    await destroy(project);
    assert.deepEqual(await table(), ["/srv/media  * ro"]);
    await machine.run("rm /etc/exports.d/media.exports; exportfs -ra");
  });

  it("imports an export, destroys one that is gone already, and does so without exportfs", async () => {
    await apply({ media, odd });
    await machine.run(
      "rm /etc/exports.d/media.exports; mv /usr/sbin/exportfs /usr/sbin/exportfs.away",
    );
    const run = await project.destroy();
    await machine.run("mv /usr/sbin/exportfs.away /usr/sbin/exportfs; exportfs -ra");
    assert.equal(run.code, 0, run.output);
    await machine.run(
      "echo '/srv/media 10.77.0.90(rw,no_subtree_check) 10.77.0.0/24(ro,no_subtree_check)' >/etc/exports.d/media.exports",
    );
    const imported = await project.run([
      ...["import", "labwright:nfs:Export", "media", `root@${machine.address}:media`],
      ...[
        "--yes",
        "--skip-preview",
        "--stack",
        project.stack,
        "--protect=false",
        "--generate-code=false",
      ],
    ]);
    assert.equal(imported.code, 0, imported.output);
    await apply({ media });
    assert.deepEqual(await refresh(project), {});
    await destroy(project);
  });

  it("does 100 exports at once", async () => {
    await machine.run("for i in $(seq 100); do mkdir -p /srv/many/$i; done");
    const many = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [
        `e${index + 1}`,
        { name: `e${index + 1}`, path: `/srv/many/${index + 1}`, clients: [rw("10.77.0.90")] },
      ]),
    );
    assert.equal((await apply(many)).create?.length, 100);
    assert.equal((await table()).length, 100);
    await destroy(project);
    assert.deepEqual(await table(), []);
  });
});
