import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  GaneshaServer,
  KernelNfsServer,
  labReference,
  NfsMount,
  type NfsServer,
  NfsShare,
  type NfsShareArgs,
} from "../../../components";
import { exportName } from "../../../components/storage/export-name";
import { renderGaneshaConf } from "../../../components/storage/ganesha-conf.render";
import { renderOptions } from "../../../components/storage/kernel-options.render";
import { renderNfsConf } from "../../../components/storage/nfs-conf.render";
import { checkExportName } from "../../../provider/kinds/nfs/name";
import { outputValue, recordLab } from "../../../testing";
import { host, inputsOf } from "./lab-parts";

const nas = () => host("nas", "10.77.0.20");
const kernel = () => new KernelNfsServer("nfs", { host: nas() });
const ganesha = () => new GaneshaServer("nfs", { host: nas() });

describe("KernelNfsServer", () => {
  it("is a package, a file of nfs.conf.d and the service", async () => {
    const lab = await recordLab(() => kernel());
    const server = lab.get("nfs", "labwright:storage:KernelNfsServer");
    assert.deepEqual(lab.childNames(server), [
      "labwright:host:Directory nfs-conf.d",
      "labwright:host:File nfs",
      "labwright:host:Package nas-nfs-server",
      "labwright:host:Service nfs-service",
    ]);
    assert.equal(lab.get("nas-nfs-server").inputs["name"], "nfs-kernel-server");
    assert.equal(lab.get("nfs-service").inputs["unit"], "nfs-server");
    const file = lab.get("nfs", "labwright:host:File");
    assert.deepEqual(inputsOf(file), {
      path: "/etc/nfs.conf.d/labwright.conf",
      content: "[nfsd]\nthreads=8\nvers3=n\n",
    });
    assert.ok(lab.get("nfs-service").dependencies.includes(file.urn));
  });

  it("has Alpine's names on Alpine", async () => {
    const lab = await recordLab(() => kernel(), {
      simulate: ({ type }) =>
        type === "labwright:host:Machine"
          ? { outputs: { machineId: "a".repeat(32), packageManager: "apk", initSystem: "openrc" } }
          : undefined,
    });
    assert.equal(lab.get("nas-nfs-server").inputs["name"], "nfs-utils");
    assert.equal(lab.get("nfs-service").inputs["unit"], "nfs");
  });

  it("writes settings by section", () => {
    const settings = { nfsd: { "grace-time": "10" }, lockd: { port: "32803" } };
    assert.equal(
      renderNfsConf({ threads: 16, version3: true, settings }),
      "[lockd]\nport=32803\n\n[nfsd]\ngrace-time=10\nthreads=16\nvers3=y\n",
    );
  });
});

describe("GaneshaServer", () => {
  it("is two packages, ganesha.conf, the folder of exports and the service", async () => {
    const lab = await recordLab(() => ganesha());
    const server = lab.get("nfs", "labwright:storage:GaneshaServer");
    assert.deepEqual(lab.childNames(server), [
      "labwright:host:Directory nfs-exports.d",
      "labwright:host:File nfs",
      "labwright:host:Service nfs-service",
    ]);
    const file = lab.get("nfs", "labwright:host:File");
    const folder = lab.get("nfs-exports.d");
    assert.ok(file.dependencies.includes(folder.urn));
    for (const name of ["nas-nfs-ganesha", "nas-nfs-ganesha-vfs"])
      assert.ok(folder.dependencies.includes(lab.get(name).urn), name);
    assert.equal(file.inputs["adopt"], true);
  });

  it("gives nobody access by default", () => {
    const text = renderGaneshaConf({ version3: false, graceSeconds: 90, settings: {} });
    assert.match(text, /EXPORT_DEFAULTS \{\n {4}Access_Type = NONE;/);
    assert.match(text, /\n%dir \/etc\/ganesha\/exports\.d\n$/);
  });

  it("adds settings to a block of its own, whatever their case", () => {
    const text = renderGaneshaConf({
      version3: true,
      graceSeconds: 0,
      settings: { nfsv4: { Lease_Lifetime: "30" }, MDCACHE: { Entries_HWMark: "5" } },
    });
    assert.match(text, /NFSV4 \{\n {4}Graceless = true;\n[^}]* {4}Lease_Lifetime = 30;\n\}/);
    assert.match(text, /MDCACHE \{\n {4}Entries_HWMark = 5;\n\}/);
    assert.match(text, /Protocols = 3, 4;/);
  });
});

describe("the options of exports(5)", () => {
  const client = {
    client: "10.77.0.90",
    access: "rw",
    squash: "root",
    anonymousUid: 65534,
    anonymousGid: 65534,
    security: ["sys", "krb5"],
    privilegedPort: true,
  } as const;
  const rows: [settings: Record<string, string>, options: string][] = [
    [{}, "rw,sync,no_subtree_check,root_squash,anonuid=65534,anongid=65534,sec=sys:krb5,secure"],
    [
      { async: "", subtree_check: "", fsid: "7" },
      "rw,root_squash,anonuid=65534,anongid=65534,sec=sys:krb5,secure,async,fsid=7,subtree_check",
    ],
  ];
  for (const [settings, options] of rows)
    it(`with ${JSON.stringify(settings)} are ${options}`, () => {
      const said = renderOptions({ ...client, security: [...client.security] }, settings);
      assert.equal(said.join(","), options);
    });
});

describe("the name of an export", () => {
  const names: [path: string, name: RegExp][] = [
    ["/srv/media", /^srv-media$/],
    ["/srv/a-b", /^srv-a-b-[0-9a-f]{16}$/],
    ["/srv/a b", /^srv-a-b-[0-9a-f]{16}$/],
    ["/.hidden", /^hidden-[0-9a-f]{16}$/],
    ["/-", /^x-[0-9a-f]{16}$/],
    [`/${"a".repeat(300)}`, /^a{100}-[0-9a-f]{16}$/],
  ];
  for (const [path, name] of names)
    it(`of ${path.slice(0, 20)} looks like ${String(name)}`, () => {
      assert.match(exportName(path), name);
      assert.equal(checkExportName(exportName(path)), undefined);
    });

  it("is another one for each path", () => {
    const paths = ["/a/b", "/a-b", "/a b", "/a_b", "/a//b", "/a.b", "/é", "/è"];
    assert.equal(new Set(paths.map(exportName)).size, paths.length);
  });
});

/** What holds for every NFS server, recorded: one suite, run for each implementation. */
for (const [implementation, make, token] of [
  ["KernelNfsServer", kernel, "labwright:nfs:Export"],
  ["GaneshaServer", ganesha, "labwright:ganesha:Export"],
] as [string, () => NfsServer, string][])
  describe(`NfsServer: ${implementation}`, () => {
    const shared = (changes: Partial<NfsShareArgs> = {}) =>
      recordLab(() => {
        const clients = [host("app", "10.77.0.90")];
        return new NfsShare("media", { server: make(), path: "/srv/media", clients, ...changes });
      });

    it("makes a directory and an export of a share, in this order", async () => {
      const lab = await shared({ owner: "media", mode: "2770" });
      assert.deepEqual(
        lab.childNames(lab.get("media", "labwright:storage:NfsShare")).sort(),
        ["labwright:host:Directory media-directory", `${token} media`].sort(),
      );
      const directory = lab.get("media-directory");
      assert.deepEqual(inputsOf(directory), { path: "/srv/media", owner: "media", mode: "2770" });
      assert.equal(directory.options.retainOnDelete, true);
      const made = lab.get("media", token);
      assert.ok(made.dependencies.includes(directory.urn));
      assert.ok(made.dependencies.includes(lab.get("nfs-service").urn));
      assert.deepEqual([made.inputs["name"], made.inputs["path"]], ["srv-media", "/srv/media"]);
      assert.equal(await outputValue(lab.value.source), "10.77.0.20:/srv/media");
    });

    it("lets the directory go with its data when it was told to", async () => {
      const lab = await shared({ deleteData: true, adopt: true });
      const directory = lab.get("media-directory");
      assert.equal(directory.options.retainOnDelete ?? false, false);
      assert.deepEqual([directory.inputs["purge"], directory.inputs["adopt"]], [true, true]);
    });

    it("puts the closest fit first", async () => {
      const lab = await shared({
        clients: ["0.0.0.0/0", "10.77.0.0/24", { address: "10.77.0.90" }, "fd00:77::/64"],
      });
      const clients = lab.get("media", token).inputs["clients"] as { client: string }[];
      assert.deepEqual(
        clients.map(({ client }) => client),
        ["10.77.0.90", "fd00:77::/64", "10.77.0.0/24", "0.0.0.0/0"],
      );
    });

    it("takes a client's own options before the share's", async () => {
      const lab = await shared({
        access: "ro",
        squash: "all",
        clients: [{ address: "10.77.0.90", access: "rw", squash: "none" }, "10.77.0.91"],
      });
      const [own, others] = (lab.get("media", token).inputs["clients"] as unknown[]).map((one) =>
        JSON.stringify(one).toLowerCase(),
      );
      assert.match(own!, /"rw".*"no_root_squash"/);
      assert.match(others!, /"ro".*"all_squash"/);
    });

    it("has handles from which another stack shares and mounts", async () => {
      const outputs = await recordLab(() => {
        const server = make();
        const media = new NfsShare("media", {
          server,
          path: "/srv/media",
          clients: ["10.77.0.90"],
        });
        return outputValue(
          pulumi.output({ handles: { server: server.handle, media: media.handle } }),
        );
      });
      const home = outputs.value as { handles: { server: object; media: object } };
      interface Home {
        handles: {
          server: { type: "labwright:NfsServer" };
          media: { type: "labwright:NfsShare" };
        };
      }
      const lab = await recordLab(
        async () => {
          const { server, media } = await labReference<Home>("home");
          new NfsShare("music", { server, path: "/srv/music", clients: ["10.77.0.90"] });
          new NfsMount("media", { host: host("app", "10.77.0.90"), share: media, at: "/media" });
        },
        { stacks: { home: home as unknown as Record<string, unknown> } },
      );
      const made = lab.get("music", token);
      assert.equal((made.inputs["host"] as { address: string }).address, "10.77.0.20");
      assert.equal(
        lab.get("media", "labwright:host:Mount").inputs["what"],
        "10.77.0.20:/srv/media",
      );
    });
  });

describe("NfsMount", () => {
  it("is the client's package and a mount over the network", async () => {
    const lab = await recordLab(() => {
      const media = new NfsShare("films", {
        server: kernel(),
        path: "/srv/films",
        clients: ["10.77.0.90"],
      });
      new NfsMount("app-films", { host: host("app", "10.77.0.90"), share: media, at: "/films" });
    });
    assert.deepEqual(lab.childNames(lab.get("app-films", "labwright:storage:NfsMount")), [
      "labwright:host:Mount app-films",
      "labwright:host:Package app-nfs-client",
    ]);
    const mount = lab.get("app-films", "labwright:host:Mount");
    assert.deepEqual(inputsOf(mount), {
      where: "/films",
      what: "10.77.0.20:/srv/films",
      type: "nfs",
      options: ["nfsvers=4.2"],
      network: true,
      automount: true,
    });
    assert.ok(mount.dependencies.includes(lab.get("app-nfs-client").urn));
    assert.deepEqual(mount.propertyDependencies["what"], [
      lab.get("films", "labwright:nfs:Export").urn,
    ]);
  });

  const servers: [server: string, what: string][] = [
    ["10.77.0.20", "10.77.0.20:/srv/x"],
    ["FD00:77::0:14", "[fd00:77::14]:/srv/x"],
    ["nas.example.net", "nas.example.net:/srv/x"],
  ];
  for (const [server, what] of servers)
    it(`mounts ${what} from ${server}`, async () => {
      const lab = await recordLab(() => {
        new NfsMount("x", {
          ...{ host: host(), server, path: "/srv/x", at: "/x" },
          ...{ readOnly: true, version: "3", automount: false, options: ["noatime"] },
        });
      });
      const { inputs } = lab.get("x", "labwright:host:Mount");
      assert.equal(inputs["what"], what);
      assert.deepEqual(inputs["options"], ["nfsvers=3", "ro", "noatime"]);
      assert.equal(inputs["automount"], false);
    });
});
