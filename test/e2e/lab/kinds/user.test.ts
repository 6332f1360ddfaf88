import assert from "node:assert/strict";

import { Project } from "../../support/project";
import { assertNoChange, destroy, killHalfWay, refresh, scripts, up, upError } from "./lab-project";
import { type KindMachine, startKindMachine } from "./kind-machine";

type UserArgs = Record<string, unknown> & { name: string };

const keys = [
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJbYTpq4dXCGYwY8gqRrZ2g0cYlLpXlLxQn0c6L0mJ9P anna@laptop",
  'from="10.77.0.0/24",command="echo \\"hi\\" \'$HOME\'" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBv3W1X0YlD3Y2m2pM9oTQ4c8l8yqk6sZC8hS0q2d1aB backup',
] as const;

describe("host:User on a real Debian machine", function () {
  let machine: KindMachine;
  let project: Project;

  const program = (users: Record<string, UserArgs>) => `import { host } from "labwright/resources";
const at = ${machine.host};
${Object.entries(users)
  .map(([name, args]) => `new host.User("${name}", { host: at, ...${JSON.stringify(args)} });`)
  .join("\n")}
`;
  const passwd = async (name: string) =>
    (await machine.run(`grep '^${name}:' /etc/passwd || true`)).trim();
  const groupsOf = async (name: string) =>
    (await machine.run(`id -Gn ${name}`)).trim().split(" ").sort();
  const keysOf = (home: string) => machine.run(`cat ${home}/.ssh/authorized_keys`);

  const anna = {
    name: "anna",
    groups: ["adm", "games"],
    shell: "/bin/bash",
    comment: "Anna Lab, $HOME 'x'",
    authorizedKeys: [...keys],
  };
  const svc = { name: "svc_1", system: true, shell: "/usr/sbin/nologin", home: "/var/lib/svc" };

  before(async () => {
    machine = await startKindMachine("kinds-user", 104);
    project = new Project("kinds-user", program({}));
    await project.init();
  });
  after(async () => {
    await project.remove();
    await machine.delete();
  });

  for (const time of ["the first time", "a second time"]) {
    it(`makes users, ${time}, and finds nothing to do after that`, async () => {
      project.write(program({ anna, svc }));
      assert.deepEqual(await up(project), { create: ["anna", "svc"] });
      assert.match(
        await passwd("anna"),
        /^anna:x:1\d{3}:\d+:Anna Lab, \$HOME 'x':\/home\/anna:\/bin\/bash$/,
      );
      assert.match(
        await passwd("svc_1"),
        /^svc_1:x:\d{3}:\d+::\/var\/lib\/svc:\/usr\/sbin\/nologin$/,
      );
      assert.deepEqual(await groupsOf("anna"), ["adm", "anna", "games"]);
      assert.equal(
        await machine.run("stat -c '%U %G %a' /home/anna/.ssh /home/anna/.ssh/authorized_keys"),
        "anna anna 700\nanna anna 600\n",
      );
      assert.ok((await keysOf("/home/anna")).includes(`\n${keys[0]}\n${keys[1]}\n`));
      assert.equal(await machine.run("awk -F: '$1 == \"anna\" { print $2 }' /etc/shadow"), "*\n");
      await assertNoChange(project);
      assert.deepEqual(await refresh(project), {});
    });

    it(`deletes them, and keeps the home, ${time}`, async () => {
      assert.deepEqual(await destroy(project), { delete: ["anna", "svc"] });
      assert.equal(await passwd("anna"), "");
      assert.equal(await passwd("svc_1"), "");
      await machine.run("test -d /home/anna && rm -r /home/anna");
    });
  }

  it("lets somebody in with the key, and not without", async () => {
    const made = await machine.run(
      "rm -f /root/key*; ssh-keygen -q -t ed25519 -N '' -f /root/key; cat /root/key.pub",
    );
    const login = (user: string) =>
      machine.run(
        `ssh -n -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes -i /root/key ${user}@127.0.0.1 id -un 2>&1 || true`,
      );
    project.write(program({ anna: { ...anna, authorizedKeys: [made] } }));
    await up(project);
    assert.match(await login("anna"), /^anna$/m);
    await assertNoChange(project);
    project.write(program({ anna: { ...anna, authorizedKeys: [] } }));
    assert.deepEqual(await up(project), { update: ["anna"] });
    assert.match(await login("anna"), /Permission denied/);
    await destroy(project);
  });

  it("changes every field in place, and replaces for another name, id or kind of user", async () => {
    project.write(program({ anna, svc }));
    await up(project);
    const other = {
      name: "anna",
      groups: ["cdrom"],
      primaryGroup: "users",
      shell: "/bin/sh",
      home: "/srv/anna",
      comment: "",
      authorizedKeys: [keys[1]],
      removeHome: true,
    };
    project.write(program({ anna: other, svc }));
    assert.deepEqual(await up(project), { update: ["anna"] });
    assert.match(await passwd("anna"), /^anna:x:\d+:100::\/srv\/anna:\/bin\/sh$/);
    assert.deepEqual(await groupsOf("anna"), ["cdrom", "users"]);
    assert.doesNotMatch(await keysOf("/srv/anna"), /anna@laptop/);
    assert.deepEqual(await refresh(project), {});
    await assertNoChange(project);
    project.write(program({ anna: { ...other, uid: 4321 }, svc: { ...svc, system: false } }));
    const done = await up(project);
    assert.deepEqual(done["create-replacement"], ["anna", "svc"]);
    assert.match(await passwd("anna"), /^anna:x:4321:/);
    await destroy(project);
    await machine.run("test ! -e /srv/anna");
    await machine.run("rm -rf /home/anna /var/lib/svc");
  });

  it("sees every hand edit as that property, and repairs it", async () => {
    const some = ["shell", "home", "comment", "primary", "group", "keyless", "mode", "gone"];
    const users = Object.fromEntries(
      some.map((name) => [
        name,
        {
          name: `u-${name}`,
          groups: ["games"],
          primaryGroup: "users",
          home: `/home/u-${name}`,
          comment: "as made",
          authorizedKeys: [...keys],
        },
      ]),
    );
    project.write(program(users));
    await up(project);
    await machine.run(`usermod -s /bin/bash u-shell
usermod -d /tmp u-home
usermod -c 'by hand' u-comment
usermod -g staff u-primary
usermod -G adm,games u-group
sed -i '/anna@laptop/d' /home/u-keyless/.ssh/authorized_keys
chmod 0666 /home/u-mode/.ssh/authorized_keys
userdel u-gone`);
    assert.deepEqual(await refresh(project), {
      shell: ["shell"],
      home: ["authorizedKeys[0]", "authorizedKeys[1]", "home"],
      comment: ["comment"],
      primary: ["primaryGroup"],
      group: ["groups[0]", "groups[1]"],
      keyless: ["authorizedKeys[0]", "authorizedKeys[1]"],
      mode: ["authorizedKeys[0]", "authorizedKeys[1]"],
      gone: "gone",
    });
    await up(project);
    assert.deepEqual(await refresh(project), {});
    await assertNoChange(project);
    await destroy(project);
    await machine.run("rm -rf /home/u-*");
  });

  it("keeps lines of authorized_keys that are not its own", async () => {
    project.write(program({ anna }));
    await up(project);
    await machine.run(`f=/home/anna/.ssh/authorized_keys
{ echo '# mine'; cat $f; printf 'ssh-ed25519 AAAAmine last line without end'; } >/tmp/keys && cat /tmp/keys >$f`);
    assert.deepEqual(await refresh(project), {});
    project.write(program({ anna: { ...anna, authorizedKeys: [keys[0]] } }));
    await up(project);
    const text = await keysOf("/home/anna");
    assert.match(text, /^# mine\nssh-ed25519 AAAAmine last line without end\n# BEGIN labwright/);
    assert.ok(text.includes(keys[0]) && !text.includes("backup"));
    project.write(program({ anna: { ...anna, authorizedKeys: [] } }));
    await up(project);
    assert.equal(
      await keysOf("/home/anna"),
      "# mine\nssh-ed25519 AAAAmine last line without end\n",
    );
  });

  it("follows no symbolic link that the user laid", async () => {
    await machine.run(`rm -r /home/anna/.ssh
mkdir -p /root/secret && echo 'root:hash' >/root/secret/authorized_keys && chmod 600 /root/secret/authorized_keys
ln -s /root/secret /home/anna/.ssh`);
    project.write(program({ anna }));
    assert.match(
      await upError(project),
      /\/home\/anna\/\.ssh or its authorized_keys is a symbolic link/,
    );
    await machine.run(`rm /home/anna/.ssh; mkdir /home/anna/.ssh; chown anna:anna /home/anna/.ssh
ln -s /etc/shadow /home/anna/.ssh/authorized_keys`);
    assert.match(
      await upError(project),
      /\/home\/anna\/\.ssh or its authorized_keys is a symbolic link/,
    );
    assert.equal(
      await machine.run("cat /root/secret/authorized_keys; stat -c %a /etc/shadow"),
      "root:hash\n640\n",
    );
    await machine.run("rm -r /home/anna/.ssh");
    await up(project);
    await destroy(project);
    await machine.run("rm -r /home/anna");
  });

  it("refuses a user that somebody else made, takes them over with adopt, and leaves them when deleted", async () => {
    await machine.run("useradd -m -c 'by hand' bert");
    project.write(program({ bert: { name: "bert", authorizedKeys: [keys[0]] } }));
    assert.match(
      await upError(project),
      /bert on root@10\.77\.0\.104 exists already and was not made/,
    );
    assert.match(await passwd("bert"), /by hand/);
    project.write(program({ bert: { name: "bert", authorizedKeys: [keys[0]], adopt: true } }));
    assert.deepEqual(await up(project), { create: ["bert"] });
    assert.doesNotMatch(await passwd("bert"), /by hand/);
    await destroy(project);
    assert.notEqual(await passwd("bert"), "");
    assert.equal(await keysOf("/home/bert"), "");
  });

  it("says what is missing: a shell, a group, an id that is taken, a user whose processes run", async () => {
    await machine.run("useradd -m busy; systemd-run -q --uid=busy sleep 600; sleep 0.5");
    project.write(
      program({
        shell: { name: "a1", shell: "/bin/zsh" },
        group: { name: "a2", groups: ["no-such"] },
        uid: { name: "a3", uid: 0 },
        busy: { name: "busy", adopt: true },
      }),
    );
    const error = await upError(project);
    assert.match(
      error,
      /there is no \/bin\/zsh on this host: install its package, or use another shell/,
    );
    assert.match(error, /group 'no-such' does not exist/);
    assert.match(error, /UID 0 is not unique/);
    await machine.run("sed -i 's/^adopted 1/adopted 0/' /var/lib/labwright/ledger/*User*busy");
    const run = await project.destroy();
    assert.match(
      run.errors.join("\n"),
      /user busy is currently used by process[\s\S]*end the processes of busy/,
    );
    await machine.run("pkill -u busy; sleep 0.3");
    await destroy(project);
    assert.equal(await passwd("busy"), "");
  });

  it("finishes the job of a killed provider, also when the state knows nothing of it", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [
        `m${index}`,
        { name: `m${index}`, authorizedKeys: [...keys], removeHome: true },
      ]),
    );
    project.write(program(many));
    await killHalfWay(project, (log) => scripts(log, /^bring user/) >= 6);
    assert.deepEqual(await up(project), { create: Object.keys(many).sort() });
    assert.deepEqual(await refresh(project), {});
    await assertNoChange(project);
    await destroy(project);
    assert.equal(await machine.run("ls /home | grep '^m' || true"), "");
  });

  it("keeps nobody out: a change that takes our own key away is undone, with an error", async () => {
    const ours = process.env.LABWRIGHT_SSH_PUBLIC_KEY!.trim();
    const root = { name: "root", home: "/root", shell: "/bin/bash", comment: "root", adopt: true };
    project.write(program({ root: { ...root, authorizedKeys: [ours] } }));
    assert.deepEqual(await up(project), { create: ["root"] });
    await machine.run("sed -i '1,/^# BEGIN labwright/{/^# BEGIN/!d}' /root/.ssh/authorized_keys");
    const before = await keysOf("/root");
    assert.equal(before.split("\n").filter((line) => line.startsWith("ssh-")).length, 1);
    project.write(program({ root: { ...root, authorizedKeys: [keys[0]] } }));
    assert.match(
      await upError(project),
      /nobody could log in as root any more, as Pulumi itself does, so it was undone/,
    );
    assert.equal(await keysOf("/root"), before);
    project.write(
      program({ root: { ...root, authorizedKeys: [ours], shell: "/usr/sbin/nologin" } }),
    );
    assert.match(await upError(project), /so it was undone/);
    assert.match(await passwd("root"), /\/bin\/bash$/);
    const run = await project.destroy();
    assert.match(run.errors.join("\n"), /so it was undone/);
    assert.equal(await keysOf("/root"), before);
  });

  it("undoes such a change by itself when the provider is killed before it could prove the login", async () => {
    const before = await keysOf("/root");
    const root = { name: "root", home: "/root", shell: "/bin/bash", comment: "root", adopt: true };
    project.write(program({ root: { ...root, authorizedKeys: [keys[0]] } }));
    await killHalfWay(project, (log) => scripts(log, /^bring user/) >= 1);
    for (let second = 0; ; second++) {
      try {
        if ((await keysOf("/root")) === before) break;
      } catch (error) {
        // Locked out for the moment.
        if (second > 90) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    await machine.run("echo 'ssh-ed25519 AAAA foreign' >>/root/.ssh/authorized_keys");
    const ours = process.env.LABWRIGHT_SSH_PUBLIC_KEY!.trim();
    await machine.run(`echo '${ours}' >>/root/.ssh/authorized_keys`);
    await destroy(project);
    assert.doesNotMatch(await keysOf("/root"), /BEGIN labwright/);
  });

  it("destroys what is gone already", async () => {
    project.write(program({ anna }));
    await up(project);
    await machine.run("userdel -r anna 2>/dev/null");
    assert.deepEqual(await destroy(project), { delete: ["anna"] });
  });
});
