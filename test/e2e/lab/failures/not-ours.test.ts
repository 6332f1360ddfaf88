import assert from "node:assert/strict";

import { deleteMachine } from "../../support/machine";
import { changes, Project, type Run } from "../../support/project";
import { startTestMachine, type TestMachine } from "../../support/test-machine";

describe("What Labwright did not make", () => {
  let machine: TestMachine;
  let project: Project;
  let other: Project;

  const program = (...files: string[]) => `import { host as kinds } from "labwright/resources";
const host = ${machine.host};
${files.map((file) => `new kinds.File(${file});`).join("\n")}
`;
  const motd = (more = "") => `"motd", { host, path: "/etc/motd", content: "ours\\n"${more} }`;
  const failedWith = (run: Run, pattern: RegExp) => {
    assert.notEqual(run.code, 0, run.output);
    assert.equal(run.errors.filter((error) => pattern.test(error)).length, 1, run.output);
  };

  before(async () => {
    machine = await startTestMachine("not-ours", 151);
    await machine.run("echo theirs >/etc/motd; chown www-data /etc/motd; chmod 0640 /etc/motd");
    project = new Project("not-ours", program(motd()));
    other = new Project("not-ours-either", program(motd()));
    await project.init();
    await other.init();
  });

  after(async () => {
    await project?.remove();
    await other?.remove();
    await deleteMachine(151);
  });

  it("is refused, with what to do about it", async () => {
    failedWith(
      await project.up(),
      /\/etc\/motd on root@10\.77\.0\.151 exists already.*adopt: true.*pulumi import/,
    );
  });

  it("is left as it was", async () => {
    assert.equal(
      await machine.run("cat /etc/motd; stat -c '%U %a' /etc/motd"),
      "theirs\nwww-data 640\n",
    );
  });

  it("leaves no trace of the refusal on the host", async () => {
    assert.equal(await machine.run("ls -A /var/lib/labwright/ledger 2>/dev/null || true"), "");
  });

  it("is taken over with adopt", async () => {
    project.write(program(motd(", adopt: true")));
    assert.deepEqual(changes(await project.apply()), { create: ["motd"] });
    assert.equal(await machine.run("cat /etc/motd"), "ours\n");
  });

  it("does not change when adopt is taken away again", async () => {
    project.write(program(motd()));
    assert.deepEqual(changes(await project.apply()), {});
  });

  it("is refused to a second resource of the stack", async () => {
    project.write(program(motd(), `"again", { host, path: "/etc/motd", content: "again" }`));
    failedWith(
      await project.up(),
      /\/etc\/motd on root@10\.77\.0\.151 belongs to another resource of this stack, urn:pulumi:test::not-ours::.*::motd/,
    );
    assert.equal(await machine.run("cat /etc/motd"), "ours\n");
  });

  it("is refused to another stack", async () => {
    failedWith(
      await other.up(),
      /\/etc\/motd on root@10\.77\.0\.151 belongs to a resource of another stack, urn:pulumi:test::not-ours::/,
    );
    assert.equal(await machine.run("cat /etc/motd"), "ours\n");
  });

  it("is refused to another stack that says adopt", async () => {
    other.write(program(motd(", adopt: true")));
    failedWith(await other.up(), /belongs to a resource of another stack/);
    assert.equal(await machine.run("cat /etc/motd"), "ours\n");
  });

  it("is put back, owner and mode as well, when the resource is deleted", async () => {
    project.write(program());
    assert.deepEqual(changes(await project.apply()), { delete: ["motd"] });
    assert.equal(
      await machine.run("cat /etc/motd; stat -c '%U %a' /etc/motd"),
      "theirs\nwww-data 640\n",
    );
  });

  it("is another stack's to adopt, once it was given up", async () => {
    assert.deepEqual(changes(await other.apply()), { create: ["motd"] });
    assert.equal((await other.destroy()).code, 0);
    assert.equal(await machine.run("cat /etc/motd"), "theirs\n");
  });

  it("is refused when it came after a first creation failed", async () => {
    const late = `"late", { host, path: "/srv/late/file", content: "ours" }`;
    project.write(program(late));
    failedWith(await project.up(), /\/srv\/late does not exist/);
    await machine.run("mkdir /srv/late; echo theirs >/srv/late/file");
    failedWith(await project.up(), /\/srv\/late\/file on root@10\.77\.0\.151 exists already/);
    assert.equal(await machine.run("cat /srv/late/file"), "theirs\n");
  });
});
