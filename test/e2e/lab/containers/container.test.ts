import assert from "node:assert/strict";

import { deleteMachine } from "../../support/machine";
import { Project } from "../../support/project";
import { startTestMachine, type TestMachine } from "../../support/test-machine";
import {
  assertNoChange,
  destroy,
  killHalfWay,
  refresh,
  scripts,
  up,
  upError,
} from "../kinds/lab-project";

const NUMBER = 190;
const ADDRESS = `10.77.0.${NUMBER}`;
const SECRET = "canary-71e0c1b2d3";

/** A container with a page, and what serves it, all through the connection of its host. */
const inside = `
const on = { host: web.host.connection };
const opts = (...dependsOn: pulumi.Resource[]) => web.host.options({ dependsOn });
const nginxPackage = web.host.package("nginx-light");
const folder = new Directory("pages", { ...on, path: "/srv/www", adopt: true }, opts());
const page = new File("page", { ...on, path: "/srv/www/index.html", content: "out of a container\\n", adopt: true }, opts(folder));
const service = new Service("nginx", { ...on, unit: "nginx" }, opts(nginxPackage));
new nginx.Site("site", { ...on, name: "pages", context: "http",
  config: "server { listen 8080; root /srv/www; }\\n" }, opts(service));
new User("jo", { ...on, name: "jo", comment: "Jo of the container" }, opts());
new File("secret", { ...on, path: "/etc/app.secret", mode: "0600", content: pulumi.secret("${SECRET}") }, opts());
`;

const first = `{
  on: box,
  image: { suite: "bookworm" },
  binds: { "/srv/www": "/data/www" },
  limits: { tasksMax: 300 },
  environment: { MOTTO: "it's a \\"motto\\"" },
}`;

describe("NspawnMachine", function () {
  this.timeout(300_000);
  let machine: TestMachine;
  let project: Project;
  const program = (args: string, more = inside): string => `
import * as pulumi from "@pulumi/pulumi";
import { Directory, existingHost, File, nginx, NspawnMachine, Package, Service, User } from "labwright";
const box = existingHost({ name: "box", address: "${ADDRESS}", hostKey: ${JSON.stringify(machine.hostKey)} });
const web = new NspawnMachine("web", ${args});
${more}`;
  const run = (script: string) => machine.run(script);
  const fetchPage = () => run("curl -fsS http://127.0.0.1:8080/");
  const enter = (command: string) =>
    run(`leader=$(machinectl show web -p Leader --value)
nsenter --target "$leader" --all --no-fork /bin/sh -c ${quote(`/bin/sh -c ${quote(command)}; exit $?`)}`);
  const leader = () => run("machinectl show web -p Leader --value");
  const image = () => run("ls /var/lib/machines | grep -v web || :");

  before(async () => {
    machine = await startTestMachine("containers", NUMBER);
    project = new Project("containers", program(first));
    await project.init();
  });
  after(async () => {
    await project?.destroy();
    await project?.remove();
    await deleteMachine(NUMBER);
  });

  it("is made with all that is on it, over one connection", async () => {
    const made = await up(project);
    assert.deepEqual(Object.keys(made), ["create"], JSON.stringify(made));
    const log = project.providerLog();
    assert.equal(log.filter(({ event }) => event === "connect").length, 1);
    assert.equal(await fetchPage(), "out of a container\n");
    assert.equal(await run("cat /data/www/index.html"), "out of a container\n");
    assert.equal(
      await enter("hostname; getent passwd jo | cut -d: -f5"),
      "web\nJo of the container\n",
    );
    assert.equal(
      await enter("tr '\\0' '\\n' </proc/1/environ | grep ^MOTTO"),
      `MOTTO=it's a "motto"\n`,
    );
    assert.notEqual(await enter("cat /etc/machine-id"), await run("cat /etc/machine-id"));
    assert.match(
      await run(
        "systemctl is-enabled systemd-nspawn@web machines.target; cat /sys/fs/cgroup/machine.slice/systemd-nspawn@web.service/pids.max 2>/dev/null || systemctl show systemd-nspawn@web -p TasksMax --value",
      ),
      /^enabled\nenabled\n300\n$/,
    );
  });

  it("has its own ledger and locks, and none of its secrets outside", async () => {
    assert.match(await enter("ls /var/lib/labwright/ledger"), /labwright%3Anginx%3ASite!/);
    assert.doesNotMatch(await run("ls /var/lib/labwright/ledger"), /Site/);
    const digits = `${SECRET.slice(0, -1)}[0-9]`;
    await run(`! journalctl --no-pager | grep -q '${digits}'
! grep -rlq '${digits}' /run /var/lib/labwright /tmp /etc 2>/dev/null`);
    assert.ok(!(await project.exportState()).includes(SECRET));
    assert.equal(await enter("ls -A /run | grep labwright.entered || :"), "");
  });

  it("is left alone by the same program again, which speaks to no host", () =>
    assertNoChange(project));

  it("may have a network and users of its own, and folders whose owners are mapped", async () => {
    // The machine's root is an overlay, which has no idmapped mounts; /var/lib/machines is not.
    await run(
      "ip link add br-lab type bridge; ip address add 10.99.0.1/24 dev br-lab; ip link set br-lab up",
    );
    const own = `new NspawnMachine("own", { on: box, image: { suite: "bookworm" }, network: { bridge: "br-lab" },
  address: "10.99.0.2/24", binds: { "/srv/data": "/var/lib/machines/.data" } })`;
    project.write(
      program(
        first,
        `${inside}
const own = ${own};
new File("own-file", { host: own.host.connection, path: "/srv/data/file", content: "mapped\\n" }, own.host.options({}));`,
      ),
    );
    assert.deepEqual(await up(project), { create: ["own", "own", "own-file", "own-machine"] });
    await run(
      "for try in 1 2 3 4 5 6 7 8 9 10; do ping -q -c 1 -W 1 10.99.0.2 >/dev/null && exit 0; sleep 1; done; exit 1",
    );
    assert.equal(await run("stat -c '%u %g' /var/lib/machines/.data/file"), "0 0\n");
    assert.match(
      await run('cat "/proc/$(machinectl show own -p Leader --value)/uid_map"'),
      /^ +0 +[1-9]\d+ +65536\n$/,
    );
    assert.deepEqual(await refresh(project), {});
    project.write(program(first));
    await up(project);
    assert.equal(
      await run(
        "cat /var/lib/machines/.data/file; rm -r /var/lib/machines/.data; ls /var/lib/machines | grep -c own || :",
      ),
      "mapped\n0\n",
    );
  });

  it("takes new limits at once, and new settings by a restart", async () => {
    const before = await leader();
    project.write(program(first.replace("300", "400")));
    assert.deepEqual(await up(project), { update: ["web"] });
    assert.equal(await leader(), before, "not restarted");
    assert.equal(await run("systemctl show systemd-nspawn@web -p TasksMax --value"), "400\n");
    const id = await enter("cat /etc/machine-id");
    const changed = `{
  on: box,
  image: { suite: "bookworm" },
  hostName: "www",
  binds: { "/srv/www": "/data/www", "/srv/a b:c": { source: "/data/o:ther", readOnly: true } },
  limits: { memoryMaxMiB: 400, cpuQuotaPercent: 150 },
  environment: { OTHER: "\\\\" },
  settings: { Exec: { Capability: "CAP_SYS_TIME" }, Files: { TemporaryFileSystem: ["/scratch:size=8M"] } },
  startAtBoot: false,
}`;
    project.write(program(changed));
    assert.deepEqual(await up(project), { update: ["web"] });
    assert.equal(await enter("cat /etc/machine-id"), id);
    assert.equal(
      await enter("hostname; df --output=size -k /scratch | tail -1 | tr -d ' '"),
      "www\n8192\n",
    );
    assert.equal(
      await enter("tr '\\0' '\\n' </proc/1/environ | grep -e ^MOTTO -e ^OTHER"),
      "OTHER=\\\n",
    );
    assert.equal(
      await enter("! touch '/srv/a b:c/x' 2>/dev/null && echo read-only"),
      "read-only\n",
    );
    assert.match(
      await run(
        "systemctl is-enabled systemd-nspawn@web || :; systemctl show systemd-nspawn@web -p MemoryMax -p CPUQuotaPerSecUSec",
      ),
      /disabled\nCPUQuotaPerSecUSec=1\.500000s\nMemoryMax=419430400\n/,
    );
    assert.equal(await fetchPage(), "out of a container\n");
    await assertNoChange(project);
  });

  it("edited by hand is seen property by property, inside and outside, and repaired", async () => {
    const file = "/etc/systemd/nspawn/web.nspawn";
    const edits: Record<string, string> = {
      exec: `sed -i 's/^Hostname=.*/Hostname=other/' ${file}`,
      network: `sed -i 's/^VirtualEthernet=.*/VirtualEthernet=yes/' ${file}`,
      files: `sed -i '/^BindReadOnly=/d' ${file}`,
      settings: `sed -i 's/^Capability=.*/Capability=CAP_NET_RAW/' ${file}`,
      startAtBoot: "systemctl --quiet enable systemd-nspawn@web",
      limits: "systemctl set-property --runtime systemd-nspawn@web.service MemoryMax=300M",
    };
    await run(Object.values(edits).join("\n"));
    await enter(
      "echo drifted >/srv/www/index.html; usermod -c Drifted jo; chmod 0644 /etc/app.secret",
    );
    const { web, ...others } = await refresh(project);
    assert.deepEqual(tops(web), Object.keys(edits).sort());
    assert.deepEqual(others, { page: ["content"], jo: ["comment"], secret: ["mode"] });
    assert.deepEqual(await up(project), { update: ["jo", "page", "secret", "web"] });
    assert.deepEqual(await refresh(project), {});
    assert.equal(await enter("hostname"), "www\n");
    assert.equal(
      await run("systemctl show systemd-nspawn@web -p MemoryMax --value"),
      "419430400\n",
    );
    assert.equal(await fetchPage(), "out of a container\n");
    await run(
      `rm ${file} /etc/systemd/system/systemd-nspawn@web.service.d/90-labwright.conf; systemctl daemon-reload`,
    );
    assert.deepEqual(tops((await refresh(project)).web), [
      "exec",
      "files",
      "limits",
      "network",
      "settings",
    ]);
    assert.deepEqual(await up(project), { update: ["web"] });
    assert.deepEqual(await refresh(project), {});
  });

  it("stopped by hand is an error for what is inside, by name, and is started", async () => {
    await run(
      "machinectl poweroff web; while systemctl is-active -q systemd-nspawn@web; do sleep 0.1; done",
    );
    const seen = await project.refresh();
    assert.notEqual(seen.code, 0);
    assert.match(
      seen.output,
      /cannot reach container web of root@10\.77\.0\.190: it is not running: start it with machinectl start web/,
    );
    assert.deepEqual(await up(project), { update: ["web"] });
    assert.deepEqual(await refresh(project), {});
    assert.equal(await fetchPage(), "out of a container\n");
  });

  it("killed half way is completed by the next up", async () => {
    project.write(program(first));
    await killHalfWay(project, (log) => scripts(log, /^set container web/) >= 1);
    assert.deepEqual(await up(project), { update: ["web"] });
    assert.deepEqual(await refresh(project), {});
    assert.equal(await enter("hostname"), "web\n");
  });

  it("gets a new image without losing what is bound into it", async () => {
    const old = (await image()).trim();
    const sum = await run(
      `tar -C /var/lib/machines/${old} --xattrs -cf /data/base.tar . && sha256sum </data/base.tar`,
    );
    const id = await enter("cat /etc/machine-id");
    const archive = `{ archive: "/data/base.tar", sha256: "${sum.slice(0, 64)}" }`;
    await run("echo kept >/data/www/kept");
    project.write(
      program(
        first.replace('{ suite: "bookworm" }', archive.replace(/[0-9a-f]{64}/, "0".repeat(64))),
      ),
    );
    assert.match(
      await upError(project),
      /base\.tar has the SHA-256 [0-9a-f]{64}, not the one given/,
    );
    assert.equal(await fetchPage(), "out of a container\n", "the old one still runs");
    project.write(program(first.replace('{ suite: "bookworm" }', archive)));
    const made = await up(project);
    assert.deepEqual(made["update"], ["web"]);
    assert.ok(made["replace"]?.includes("web-machine"), JSON.stringify(made));
    assert.notEqual(await enter("cat /etc/machine-id"), id);
    assert.match(await image(), /^archive-[0-9a-f]{12}\n$/);
    assert.equal(await run("cat /data/www/kept"), "kept\n");
    assert.equal(await fetchPage(), "out of a container\n");
    await assertNoChange(project);
    assert.deepEqual(await refresh(project), {});
  });

  it("is imported by its id, as is what is inside", async () => {
    for (const [type, name, id] of [
      ["labwright:nspawn:Machine", "imported", "web"],
      ["labwright:host:File", "imported-page", "/nspawn=web:/srv/www/index.html"],
    ] as const) {
      const where = id.startsWith("/") ? `root@${ADDRESS}${id}` : `root@${ADDRESS}:${id}`;
      const args = [
        "import",
        type,
        name,
        where,
        "--yes",
        "--generate-code=false",
        "--stack",
        "test",
      ];
      const imported = await project.run([...args, "--protect=false"]);
      assert.equal(imported.code, 0, imported.output);
    }
    const state = await project.exportState();
    assert.match(
      state,
      new RegExp(`root@${ADDRESS.replaceAll(".", "\\.")}/nspawn=web:/srv/www/index.html`),
    );
    for (const name of ["imported", "imported-page"])
      await project.run(["state", "delete", "--yes", "--stack", "test", urnOf(state, name)]);
  });

  it("is deleted without what is bound into it, and again when it is gone, and made again", async () => {
    await run(`echo kept >/data/www/kept
[ -e /data/base.tar ] || tar -C "/var/lib/machines/$(ls /var/lib/machines | grep -v web)" --xattrs -cf /data/base.tar .`);
    await destroy(project);
    assert.equal(
      await run(
        "ls -A /var/lib/machines /etc/systemd/nspawn /var/lib/labwright/ledger /var/lib/labwright/nspawn | grep -v '^\\.#'; ls /data/www",
      ),
      "/etc/systemd/nspawn:\n\n/var/lib/labwright/ledger:\n\n/var/lib/labwright/nspawn:\n\n/var/lib/machines:\nindex.html\nkept\n",
    );
    const only = program(first.replace('{ suite: "bookworm" }', '{ clone: "theirs" }'), "");
    await run(
      "apt-get -qq -y install systemd-container >/dev/null; mkdir -p /var/lib/machines/theirs && tar -C /var/lib/machines/theirs -xf /data/base.tar",
    );
    project.write(only);
    await up(project);
    await run("systemctl stop systemd-nspawn@web; machinectl remove web");
    await destroy(project);
    await up(project);
    assert.equal(await enter("hostname"), "web\n");
    await destroy(project);
    assert.equal(await run("ls /var/lib/machines"), "theirs\n");
  });

  it("that somebody else made is refused by name, and nothing of it is touched", async () => {
    await run(
      "mv /var/lib/machines/theirs /var/lib/machines/web; cp -a /var/lib/machines/web /var/lib/machines/theirs",
    );
    assert.match(
      await upError(project),
      /web on root@10\.77\.0\.190 exists already and was not made by this resource/,
    );
    assert.equal(await run("ls /etc/systemd/nspawn"), "");
  });
});

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Names of the inputs that differ. */
function tops(diffs: string[] | "gone" | undefined): string[] {
  assert.ok(Array.isArray(diffs), String(diffs));
  return [...new Set(diffs.map((path) => path.split(/[.[]/)[0]!))].sort();
}

function urnOf(state: string, name: string): string {
  const { deployment } = JSON.parse(state) as { deployment: { resources: { urn: string }[] } };
  return deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`))!.urn;
}
