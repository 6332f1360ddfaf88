import assert from "node:assert/strict";

import { deleteMachine } from "../../support/machine";
import { changes, Project, type Run } from "../../support/project";
import { fetchHttp } from "../../support/requests";
import { startTestMachine, type TestMachine } from "../../support/test-machine";

const count = 8;
const good = Array.from({ length: count }, (_, index) => `site-${index}`);

describe("A site whose text nginx refuses", () => {
  let machine: TestMachine;
  let project: Project;
  let run: Run;
  let textBefore: string;

  /** Configuration of each site: what it says to who asks, or a text of its own. */
  const program = (
    version: string,
    bad: string,
  ) => `import { host as kinds, nginx } from "labwright/resources";
const host = ${machine.host};
const installed = new kinds.Package("nginx", { host, name: "nginx" });
const site = (name: string, config: string) =>
  new nginx.Site(name, { host, name, context: "http", config }, { dependsOn: [installed] });
for (const name of ${JSON.stringify(good)})
  site(name, \`server { listen 8080; server_name \${name}; return 200 "\${name} ${version}"; }\\n\`);
site("bad", ${JSON.stringify(bad)});
`;
  const fine = (version: string) =>
    `server { listen 8080; server_name bad; return 200 "bad ${version}"; }\n`;
  const unfit = "server {\n    listen 8080;\n    server_name bad;\n    no_such_directive on;\n}\n";
  const answer = async (hostname: string) =>
    (await fetchHttp({ address: machine.address, hostname, port: 8080 })).body;

  before(async () => {
    machine = await startTestMachine("refused-site", 154);
    project = new Project("refused-site", program("one", unfit));
    await project.init();
  });

  after(async () => {
    await project?.remove();
    await deleteMachine(154);
  });

  describe("when it is new", () => {
    before(async () => {
      run = await project.up();
    });

    it("fails the up", () => assert.notEqual(run.code, 0, run.output));
    it("fails alone", () => {
      assert.deepEqual(changes(run), { create: ["nginx", ...good] });
      assert.deepEqual(
        run.failed.map(({ name }) => name),
        ["bad"],
      );
      assert.equal(run.errors.filter((error) => error.includes("nginx")).length, 1, run.output);
    });
    it("is told in nginx's own words", () => {
      assert.match(
        run.errors.join("\n"),
        /unknown directive "no_such_directive" in \/etc\/nginx\/conf\.d\/bad\.conf:4/,
      );
    });
    it("lets the other sites of the same up be served", async () => {
      for (const name of good) assert.equal(await answer(name), `${name} one`);
    });
    it("leaves no file", async () => {
      assert.equal(await machine.run("find /etc/nginx -name '*bad*'"), "");
    });
    it("leaves a configuration that nginx takes", async () => {
      await machine.run("nginx -t 2>/dev/null");
    });
  });

  describe("when it was served before", () => {
    let changed: Run;
    before(async () => {
      project.write(program("one", fine("one")));
      await project.apply();
      textBefore = await machine.run("cat /etc/nginx/conf.d/bad.conf");
      project.write(program("two", unfit));
      changed = await project.up();
    });

    it("fails alone", () => {
      assert.notEqual(changed.code, 0);
      assert.deepEqual(changes(changed), { update: good });
      assert.deepEqual(
        changed.failed.map(({ name }) => name),
        ["bad"],
      );
    });
    it("lets the changes of the others be served", async () => {
      for (const name of good) assert.equal(await answer(name), `${name} two`);
    });
    it("is served as it was", async () => {
      assert.equal(await machine.run("cat /etc/nginx/conf.d/bad.conf"), textBefore);
      assert.equal(await answer("bad"), "bad one");
    });
    it("is taken once it is right", async () => {
      project.write(program("two", fine("two")));
      assert.deepEqual(changes(await project.apply()), { update: ["bad"] });
      assert.equal(await answer("bad"), "bad two");
    });
  });

  describe("when the configuration was broken by hand before", () => {
    let refused: Run;
    before(async () => {
      await machine.run("echo broken >/etc/nginx/conf.d/by-hand.conf");
      project.write(program("three", fine("three")));
      refused = await project.up();
    });

    it("is told apart: the error says what is broken without the site", () => {
      assert.notEqual(refused.code, 0);
      assert.match(refused.errors.join("\n"), /also without this site.*by-hand\.conf/s);
    });
    it("changes nothing on the proxy", async () => {
      for (const name of [...good, "bad"]) assert.equal(await answer(name), `${name} two`);
      assert.equal((await machine.run("grep -l three /etc/nginx/conf.d/* || true")).trim(), "");
    });
    it("goes on when that is mended", async () => {
      await machine.run("rm /etc/nginx/conf.d/by-hand.conf");
      assert.deepEqual(changes(await project.apply()), { update: ["bad", ...good] });
      assert.equal(await answer("site-0"), "site-0 three");
    });
  });
});
