import assert from "node:assert/strict";

import { Project } from "../../support/project";
import { assertNoChange, destroy, killHalfWay, refresh, scripts, up, upError } from "./lab-project";
import { type KindMachine, startKindMachine } from "./kind-machine";

interface PackageArgs {
  name: string;
  version?: string;
  purge?: boolean;
}

describe("host:Package on a real Debian machine", function () {
  let machine: KindMachine;
  let project: Project;
  let treeVersion: string;

  const program = (
    packages: Record<string, PackageArgs>,
  ) => `import { host } from "labwright/resources";
const at = ${machine.host};
${Object.entries(packages)
  .map(([name, args]) => `new host.Package("${name}", { host: at, ...${JSON.stringify(args)} });`)
  .join("\n")}
`;
  const installed = async (name: string) =>
    (
      await machine.run(
        `dpkg-query -W -f '\${db:Status-Status} \${Version}' ${name} 2>/dev/null || true`,
      )
    ).trim();
  /** Makes a package that is in no repository; gives its file. */
  const build = (name: string, version: string, control = "", script = "") =>
    machine.run(`cd $(mktemp -d)
mkdir -p p/DEBIAN
printf 'Package: %s\\nVersion: %s\\nArchitecture: all\\nMaintainer: Lab <lab@home.arpa>\\nDescription: made by a test\\n${control}' ${name} ${version} >p/DEBIAN/control
${script && `printf '#!/bin/sh\\n${script}\\n' >p/DEBIAN/postinst && chmod 755 p/DEBIAN/postinst`}
dpkg-deb -b p /root/${name}_${version}.deb >/dev/null
echo /root/${name}_${version}.deb`);

  before(async () => {
    machine = await startKindMachine("kinds-package", 102);
    project = new Project("kinds-package", program({}));
    await project.init();
  });
  after(async () => {
    await project.remove();
    await machine.delete();
  });

  const both = { tree: { name: "tree" }, jq: { name: "jq" } };

  for (const time of ["the first time", "a second time"]) {
    it(`installs packages, ${time}, and finds nothing to do after that`, async () => {
      project.write(program(both));
      assert.deepEqual(await up(project), { create: ["jq", "tree"] });
      assert.match(await installed("tree"), /^installed /);
      treeVersion = (await installed("tree")).split(" ")[1]!;
      await assertNoChange(project);
      assert.deepEqual(await refresh(project), {});
    });

    it(`removes them, ${time}`, async () => {
      assert.deepEqual(await destroy(project), { delete: ["jq", "tree"] });
      assert.doesNotMatch(await installed("tree"), /^installed/);
      assert.doesNotMatch(await installed("jq"), /^installed/);
    });
  }

  it("sees a package that was removed by hand, and installs it again", async () => {
    project.write(program({ ...both, tree: { name: "tree", version: treeVersion } }));
    await up(project);
    await machine.run("apt-get -qq -y remove jq >/dev/null 2>&1");
    assert.deepEqual(await refresh(project), { jq: "gone" });
    assert.deepEqual(await up(project), { create: ["jq"] });
    assert.match(await installed("jq"), /^installed/);
  });

  it("sees another version than the one asked for, and brings that back", async () => {
    project.write(program({ ...both, tree: { name: "tree", version: treeVersion } }));
    await up(project);
    await machine.run(`dpkg -i ${(await build("tree", "99.0")).trim()} >/dev/null 2>&1`);
    assert.deepEqual(await refresh(project), { tree: ["version"] });
    assert.deepEqual(await up(project), { update: ["tree"] });
    assert.equal(await installed("tree"), `installed ${treeVersion}`);
    await assertNoChange(project);
  });

  it("leaves the version alone where none is asked for", async () => {
    project.write(program(both));
    assert.deepEqual(await up(project), { update: ["tree"] });
    await machine.run("dpkg -i /root/tree_99.0.deb >/dev/null 2>&1");
    assert.deepEqual(await refresh(project), {});
    assert.match(await project.exportState(), /"installedVersion": "99\.0"/);
    await assertNoChange(project);
    assert.equal(await installed("tree"), "installed 99.0");
    await destroy(project);
  });

  it("removes configuration files with purge, and keeps them without", async () => {
    const configured = { name: "logrotate" };
    await machine.run("apt-get -qq -y purge logrotate >/dev/null 2>&1");
    project.write(program({ configured }));
    await up(project);
    await destroy(project);
    assert.match(await installed("logrotate"), /^config-files /);
    await up(project);
    project.write(program({ configured: { ...configured, purge: true } }));
    assert.deepEqual(await up(project), { update: ["configured"] });
    await destroy(project);
    assert.doesNotMatch(await installed("logrotate"), /^(installed|config-files)/);
  });

  it("uses a package that was there before, and leaves it there", async () => {
    await machine.run("apt-get -qq -y install hello >/dev/null 2>&1");
    project.write(program({ hello: { name: "hello" } }));
    assert.deepEqual(await up(project), { create: ["hello"] });
    await destroy(project);
    assert.match(await installed("hello"), /^installed/);
  });

  it("leaves a package that others need by now, and says so", async () => {
    await machine.run("apt-get -qq -y purge jq libjq1 >/dev/null 2>&1 || true");
    project.write(program({ library: { name: "libjq1" } }));
    await up(project);
    await machine.run("apt-get -qq -y install --no-install-recommends jq >/dev/null 2>&1");
    const run = await project.destroy();
    assert.equal(run.code, 0, run.output);
    assert.match(run.output, /libjq1 stays installed: jq needs it/);
    assert.match(await installed("jq"), /^installed/);
  });

  it("removes packages of its own that need one another, in any order", async () => {
    await machine.run("apt-get -qq -y purge jq libjq1 >/dev/null 2>&1");
    project.write(program({ jq: { name: "jq" }, library: { name: "libjq1" } }));
    await up(project);
    await destroy(project);
    assert.doesNotMatch(await installed("jq"), /^installed/);
  });

  it("says in words that there is no such package, or no such version, and installs the others", async () => {
    project.write(
      program({
        none: { name: "no-such-package-here" },
        old: { name: "jq", version: "0.1-1" },
        tree: { name: "tree" },
      }),
    );
    const error = await upError(project);
    assert.match(error, /there is no package no-such-package-here in this host's package sources/);
    assert.match(error, /jq has no version 0\.1-1 in this host's package sources; there is \d/);
    assert.match(await installed("tree"), /^installed/);
    await destroy(project);
  });

  it("waits for another run of dpkg, and finishes one that was cut short", async () => {
    const slow = (await build("slow", "1", "", "sleep 8")).trim();
    const broken = (await build("broken", "1", "", "test -e /root/mended")).trim();
    await machine.run(`dpkg -i ${broken} >/dev/null 2>&1 || true; touch /root/mended`);
    await machine.run(`setsid dpkg -i ${slow} >/dev/null 2>&1 </dev/null & sleep 0.5`);
    project.write(program({ jq: { name: "jq" } }));
    await up(project);
    assert.match(await installed("jq"), /^installed/);
    assert.match(await installed("slow"), /^installed/);
    assert.match(await installed("broken"), /^installed/);
    await destroy(project);
  });

  it("finishes the job of a killed provider, and knows its own work without the state", async () => {
    project.write(program(both));
    await killHalfWay(project, (log) => scripts(log, /^install package/) >= 1);
    assert.deepEqual(await up(project), { create: ["jq", "tree"] });
    assert.match(await installed("jq"), /^installed/);
    await assertNoChange(project);
    // What the killed run installed is ours to remove, not something that was there before.
    await destroy(project);
    assert.doesNotMatch(await installed("jq"), /^installed/);
    assert.doesNotMatch(await installed("tree"), /^installed/);
  });

  it("destroys what is gone already", async () => {
    project.write(program(both));
    await up(project);
    await machine.run("apt-get -qq -y purge tree jq >/dev/null 2>&1");
    assert.deepEqual(await destroy(project), { delete: ["jq", "tree"] });
  });
});
