import assert from "node:assert/strict";

import { Project } from "../../support/project";
import { assertNoChange, destroy, refresh, up, upError } from "./lab-project";
import { type KindMachine, startKindMachine } from "./kind-machine";

interface ExportArgs {
  name: string;
  path: string;
  pseudo: string;
  clients: { client: string; [field: string]: unknown }[];
  settings?: Record<string, string>;
  adopt?: boolean;
}

const media: ExportArgs = {
  name: "media",
  path: "/srv/media",
  pseudo: "/srv/media",
  clients: [{ client: "10.77.0.90", accessType: "RW" }, { client: "10.77.0.0/24" }],
};

describe("ganesha:Export on a real NFS-Ganesha", function () {
  let machine: KindMachine;
  let project: Project;

  const program = (exports: Record<string, ExportArgs>) =>
    `import { ganesha } from "labwright/resources";
const host = ${machine.host};
const wanted: Record<string, any> = ${JSON.stringify(exports)};
for (const [name, args] of Object.entries(wanted)) new ganesha.Export(name, { host, ...args });
`;
  const apply = (exports: Record<string, ExportArgs>) => {
    project.write(program(exports));
    return up(project);
  };
  const call = (method: string, args = "") =>
    `dbus-send --system --print-reply --dest=org.ganesha.nfsd /org/ganesha/nfsd/ExportMgr org.ganesha.nfsd.exportmgr.${method} ${args}`;
  /** The pseudo paths that the server offers, besides its root. */
  const offered = async () => {
    const said = await machine.run(call("ShowExports"));
    return [...said.matchAll(/string "(\/.+)"/g)].map(([, path]) => path).sort();
  };
  const pid = () => machine.run("systemctl show -p MainPID --value nfs-ganesha");

  before(async () => {
    machine = await startKindMachine("kinds-ganesha", 176);
    await machine.run(`apt-get -qq install -y --no-install-recommends nfs-ganesha nfs-ganesha-vfs >/dev/null 2>&1
mkdir -p /srv/media /srv/other /etc/ganesha/exports.d
cat >/etc/ganesha/ganesha.conf <<'END'
NFS_CORE_PARAM { Protocols = 4; mount_path_pseudo = true; }
NFSV4 { Graceless = true; }
EXPORT_DEFAULTS { Access_Type = NONE; }
%dir /etc/ganesha/exports.d
END
systemctl restart nfs-ganesha
for i in $(seq 50); do
  if busctl status org.ganesha.nfsd >/dev/null 2>&1; then break; fi; sleep 0.2
done`);
    project = new Project("kinds-ganesha", "");
    await project.init();
  });
  after(async () => {
    await project.remove();
    await machine.delete();
  });

  it("creates exports in the running server, reads them back, and deletes them without their directories", async () => {
    const before = await pid();
    const odd = { ...media, name: "odd", path: "/srv/other", pseudo: "/o d\"'{#é" };
    assert.deepEqual(await apply({ media, odd }), { create: ["media", "odd"] });
    assert.deepEqual(await offered(), ["/o d\"'{#é", "/srv/media"]);
    await assertNoChange(project);
    assert.deepEqual(await refresh(project), {});
    // The files say the same to a server that starts.
    await machine.run("systemctl restart nfs-ganesha; sleep 3");
    assert.deepEqual(await offered(), ["/o d\"'{#é", "/srv/media"]);
    assert.notEqual(await pid(), before);
    assert.deepEqual(await refresh(project), {});
    assert.deepEqual(await destroy(project), { delete: ["media", "odd"] });
    assert.deepEqual(await offered(), []);
    assert.equal(
      await machine.run("ls /etc/ganesha/exports.d /srv"),
      "/etc/ganesha/exports.d:\n\n/srv:\nmedia\nother\n",
    );
  });

  it("shows hand edits of every property, in the file and in the server, and repairs them", async () => {
    const edits: [edit: string, expected: string[] | "gone"][] = [
      [`sed -i 's#Path = "/srv/e0#Path = "/srv/other#' "$f"`, ["path"]],
      [`sed -i 's#Pseudo = "/srv/e1#Pseudo = "/x#' "$f"`, ["pseudo"]],
      [`sed -i 's#Clients = 10.77.0.90#Clients = 10.77.0.99#' "$f"`, ["clients[0].client"]],
      [`sed -i 's#Access_Type = RO#Access_Type = RW#' "$f"`, ["clients[1].accessType"]],
      [
        `sed -i 's#Squash = root_squash#Squash = no_root_squash#' "$f"`,
        ["clients[0].squash", "clients[1].squash"],
      ],
      [`sed -i 's#    FSAL#    MaxRead = 65536;\\n    FSAL#' "$f"`, ["settings.MaxRead"]],
      [`echo '# mine' >>"$f"`, ["extra"]],
      [`${call("RemoveExport", `"uint16:$id"`)} >/dev/null`, ["live"]],
      [
        `sed 's#Access_Type = RO#Access_Type = RW#' "$f" >/root/wider
${call("UpdateExport", `string:/root/wider "string:EXPORT(Export_Id=$id)"`)} >/dev/null`,
        ["live"],
      ],
      [`rm "$f"`, "gone"],
    ];
    const all = Object.fromEntries(
      edits.map((_, n) => [
        `e${n}`,
        { ...media, name: `e${n}`, path: `/srv/e${n}`, pseudo: `/srv/e${n}` },
      ]),
    );
    await machine.run(
      "mkdir -p /srv/e0 /srv/e1 /srv/e2 /srv/e3 /srv/e4 /srv/e5 /srv/e6 /srv/e7 /srv/e8 /srv/e9",
    );
    await apply(all);
    const before = await machine.run("cat /etc/ganesha/exports.d/*");
    await machine.run(
      edits
        .map(
          ([edit], n) =>
            `f=/etc/ganesha/exports.d/e${n}.conf id=$(sed -n 's/.*Export_Id = \\(.*\\);/\\1/p' /etc/ganesha/exports.d/e${n}.conf)\n${edit}`,
        )
        .join("\n"),
    );
    assert.deepEqual(
      await refresh(project),
      Object.fromEntries(edits.map(([, expected], n) => [`e${n}`, expected])),
    );
    assert.equal(Object.values(await up(project)).flat().length, edits.length);
    assert.equal(await machine.run("cat /etc/ganesha/exports.d/*"), before);
    assert.deepEqual(
      await offered(),
      Object.values(all)
        .map((one) => one.pseudo)
        .sort(),
    );
    assert.deepEqual(await refresh(project), {});
    await assertNoChange(project);
    await machine.run("rm /etc/ganesha/exports.d/e3.conf");
    await destroy(project);
    assert.deepEqual(await offered(), [], "also the one whose file was gone");
  });

  it("refuses what the server refuses, in its words, and nothing else is lost", async () => {
    await apply({ media });
    const text = await machine.run("cat /etc/ganesha/exports.d/media.conf");
    const served = () =>
      machine.run(
        `${call("DisplayExport", `uint16:$(sed -n 's/.*Export_Id = \\(.*\\);/\\1/p' /etc/ganesha/exports.d/media.conf)`)} | sed 1d`,
      );
    const before = await served();
    await machine.run("ln -sfn /srv/media /srv/link");
    project.write(
      program({
        media: { ...media, settings: { NoSuchParameter: "1" } },
        none: { ...media, name: "none", path: "/srv/none", pseudo: "/none" },
        taken: { ...media, name: "taken", path: "/srv/other" },
        lost: {
          ...media,
          name: "lost",
          path: "/srv/other",
          pseudo: "/lost",
          clients: [{ client: "nowhere.invalid" }],
        },
        link: { ...media, name: "link", path: "/srv/link", pseudo: "/link" },
      }),
    );
    const error = await upError(project);
    assert.match(
      error,
      /NFS-Ganesha refuses this export, nothing was changed: .*Unknown parameter \(NoSuchParameter\)/,
    );
    assert.match(
      error,
      /path is \/srv\/none: there is no such directory on this host, create it first/,
    );
    assert.match(error, /Pseudo path \(\/srv\/media\) is a duplicate/);
    assert.match(error, /Client \(nowhere\.invalid\) not found/);
    assert.equal(error.match(/NFS-Ganesha refuses this export/g)?.length, 4, error);
    assert.equal(await machine.run("cat /etc/ganesha/exports.d/*"), text);
    assert.equal(await served(), before);
    assert.deepEqual(await offered(), ["/srv/media"]);
    await destroy(project);
  });
});
