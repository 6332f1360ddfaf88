import assert from "node:assert/strict";

import { deleteMachine, ssh } from "../../support/machine";
import { Project, type ProviderLogLine, type Run } from "../../support/project";
import { startTestMachine, type TestMachine } from "../../support/test-machine";

const swap = `mkdir -p /root/pinned
mv /etc/ssh/ssh_host_* /root/pinned/
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
systemctl restart ssh
cat /etc/ssh/ssh_host_ed25519_key.pub`;

/** Fingerprint, as ssh-keygen prints it. */
const fingerprints = `for key in /root/pinned/ssh_host_ed25519_key.pub /etc/ssh/ssh_host_ed25519_key.pub; do
  ssh-keygen -lf "$key" | cut -d ' ' -f 2
done`;

/** Logins that sshd let in, and all commands a shell could have run: counted by the machine itself. */
const logins = "journalctl -o cat -u ssh | grep -c '^Accepted ' || true";

describe("A host with another key than the pinned one", () => {
  let machine: TestMachine;
  let project: Project;
  let log: ProviderLogLine[];
  let refreshed: Run;
  let updated: Run;
  let expected: string;
  let offered: string;
  let loginsBefore: number;
  let loginsAfter: number;
  let onNewKey: (script: string) => Promise<string>;

  const program = (content: string) => `import { host } from "labwright/resources";
new host.File("file", { host: ${machine.host}, path: "/srv/file", content: "${content}" });
`;

  before(async () => {
    machine = await startTestMachine("other-host-key", 152);
    project = new Project("other-host-key", program("first"));
    await project.init();
    await project.apply();
    const newKey = (await machine.run(swap)).split(" ").slice(0, 2).join(" ");
    onNewKey = (script) => ssh({ address: machine.address, hostKey: newKey }, script);
    [expected, offered] = (await onNewKey(fingerprints)).trim().split("\n") as [string, string];

    loginsBefore = Number(await onNewKey(logins));
    project.providerLog();
    refreshed = await project.refresh();
    project.write(program("second"));
    updated = await project.up();
    log = project.providerLog();
    loginsAfter = Number(await onNewKey(logins));
  });

  after(async () => {
    await project?.remove();
    await deleteMachine(152);
  });

  it("fails a refresh", () => assert.notEqual(refreshed.code, 0, refreshed.output));
  it("fails an update", () => assert.notEqual(updated.code, 0, updated.output));

  for (const operation of ["refresh", "update"]) {
    it(`is named in the error of a ${operation} with both fingerprints`, () => {
      const run = operation === "refresh" ? refreshed : updated;
      const about = run.errors.filter((error) => error.includes("another host key"));
      assert.equal(about.length, 1, run.output);
      assert.ok(about[0]!.includes("root@10.77.0.152"), about[0]);
      assert.ok(about[0]!.includes(`expected ${expected}`), about[0]);
      assert.ok(about[0]!.includes(`offered ${offered}`), about[0]);
    });
  }

  it("lets nobody in", () => {
    // Its own log of the second count's login is the one that came on top.
    assert.equal(loginsAfter - loginsBefore, 1);
  });

  it("is sent no script", () => {
    assert.ok(log.some(({ event }) => event === "connect"));
    assert.deepEqual(
      log.filter(({ event }) => event === "connected" || event === "script"),
      [],
    );
  });

  it("keeps its files", async () => {
    assert.equal(await onNewKey("cat /srv/file"), "first");
  });

  it("is known again when its key is back", async () => {
    // Restarted a little later, so that this connection still ends well.
    await onNewKey("rm /etc/ssh/ssh_host_*; mv /root/pinned/* /etc/ssh/; systemctl restart ssh");
    await project.apply();
    assert.equal(await machine.run("cat /srv/file"), "second");
  });
});
