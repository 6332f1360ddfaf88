import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { proxmox, task } from "../../support/machine";
import { Project } from "../../support/project";
import { assertNoChange, destroy, refresh, up, upError } from "./lab-project";
import { type KindMachine, startKindMachine } from "./kind-machine";

interface MountArgs {
  where: string;
  what?: string;
  type?: string;
  options?: string[];
  network?: boolean;
  automount?: boolean;
  idleTimeoutSeconds?: number;
  timeoutSeconds?: number;
  mounted?: boolean;
  adopt?: boolean;
}

const number = 175;

describe("host:Mount on a real systemd", function () {
  let machine: KindMachine;
  let project: Project;

  const program = (mounts: Record<string, MountArgs>) =>
    `import { host } from "labwright/resources";
const on = ${machine.host};
const mounts: Record<string, any> = ${JSON.stringify(mounts)};
for (const [name, args] of Object.entries(mounts))
  new host.Mount(name, { host: on, what: "tmpfs", type: "tmpfs", ...args });
`;
  const apply = (mounts: Record<string, MountArgs>) => {
    project.write(program(mounts));
    return up(project);
  };
  /** What is mounted at a place: type and the options that tests ask for. */
  const mounted = async (where: string) => {
    const line = await machine.run(
      `awk '$2 == "${where}" && $3 != "autofs" { print $3, $4 }' /proc/self/mounts`,
    );
    return line.trim().replace(/,(relatime|inode64|uid=\d+|gid=\d+)/g, "");
  };

  before(async () => {
    machine = await startKindMachine("kinds-mount", number);
    // A server that never answers, as far as systemd and mount(8) can tell.
    await machine.run(`printf '#!/bin/sh\\nexec sleep 10000\\n' >/sbin/mount.never
chmod 755 /sbin/mount.never`);
    project = new Project("kinds-mount", "");
    await project.init();
  });
  after(async () => {
    await project.remove();
    await machine.delete();
  });

  const plain: MountArgs = { where: "/mnt/plain-1", options: ["size=1m"] };
  const spaced: MountArgs = { where: "/mnt/with space/100%/é", options: ["ro", "size=1m"] };
  const auto: MountArgs = { where: "/mnt/auto", options: ["size=1m"], automount: true };

  for (const time of ["the first time", "a second time"])
    it(`mounts, ${time}, reads it back, and unmounts`, async () => {
      assert.deepEqual(await apply({ plain, spaced, auto }), {
        create: ["auto", "plain", "spaced"],
      });
      assert.equal(await mounted("/mnt/plain-1"), "tmpfs rw,size=1024k");
      assert.equal(await mounted("/mnt/with\\\\040space/100%/é"), "tmpfs ro,size=1024k");
      assert.equal(await mounted("/mnt/auto"), "", "nobody has looked yet");
      await machine.run("ls /mnt/auto");
      assert.equal(await mounted("/mnt/auto"), "tmpfs rw,size=1024k");
      assert.equal(
        await machine.run("systemctl is-enabled mnt-auto.automount 'mnt-plain\\x2d1.mount'"),
        "enabled\nenabled\n",
      );
      await assertNoChange(project);
      assert.deepEqual(await refresh(project), {});
      assert.deepEqual(await destroy(project), { delete: ["auto", "plain", "spaced"] });
      assert.equal(
        await machine.run("ls -A /mnt; ls /etc/systemd/system | grep -c ^mnt || true"),
        "with space\n0\n",
      );
    });

  it("changes every property in place, and the mount point by a replacement", async () => {
    await apply({ plain, auto });
    const changed = {
      plain: { ...plain, what: "other", type: "ramfs", options: ["mode=0700"], timeoutSeconds: 5 },
      auto: { ...auto, idleTimeoutSeconds: 600, options: ["size=2m", "ro"] },
    };
    assert.deepEqual(await apply(changed), { update: ["auto", "plain"] });
    assert.match(await mounted("/mnt/plain-1"), /^ramfs rw/);
    await machine.run("ls /mnt/auto");
    assert.equal(await mounted("/mnt/auto"), "tmpfs ro,size=2048k");
    assert.deepEqual(
      await apply({
        plain: { ...plain, automount: true, network: true },
        auto: { ...auto, automount: false },
      }),
      { update: ["auto", "plain"] },
    );
    assert.equal(await mounted("/mnt/auto"), "tmpfs rw,size=1024k");
    assert.equal(await mounted("/mnt/plain-1"), "");
    assert.deepEqual(await apply({ plain, auto: { ...auto, mounted: false } }), {
      update: ["auto", "plain"],
    });
    assert.equal(await mounted("/mnt/auto"), "");
    const moved = await apply({ plain: { ...plain, where: "/mnt/moved" }, auto });
    assert.deepEqual(moved["create-replacement"], ["plain"]);
    assert.equal(await mounted("/mnt/plain-1"), "");
    await destroy(project);
  });

  it("shows hand edits of units and of what is mounted, and repairs them", async () => {
    const edits: [edit: string, expected: string[] | "gone"][] = [
      [`umount $w`, ["mounted"]],
      [`systemctl -q disable $u`, ["mounted"]],
      [`sed -i 's/size=1m/size=3m/' /etc/systemd/system/$u`, ["options[0]"]],
      [`sed -i 's/^What=.*/What=else/' /etc/systemd/system/$u`, ["what"]],
      [`sed -i 's/^TimeoutSec=.*/TimeoutSec=3/' /etc/systemd/system/$u`, ["timeoutSeconds"]],
      [`echo '# mine' >>/etc/systemd/system/$u`, ["extra"]],
      [
        `mkdir /etc/systemd/system/$u.d; echo '[Mount]' >/etc/systemd/system/$u.d/x.conf`,
        ["extra"],
      ],
      [`mount -o remount,ro $w`, ["options[1]"]],
      [`rm /etc/systemd/system/$u`, "gone"],
    ];
    const all = Object.fromEntries(
      edits.map((_, index) => [`m${index}`, { where: `/mnt/m${index}`, options: ["size=1m"] }]),
    );
    await apply(all);
    await machine.run(
      edits.map(([edit], n) => `w=/mnt/m${n} u=mnt-m${n}.mount\n${edit}`).join("\n") +
        "\nsystemctl daemon-reload; umount /mnt/m8",
    );
    assert.deepEqual(
      await refresh(project),
      Object.fromEntries(edits.map(([, expected], index) => [`m${index}`, expected])),
    );
    assert.deepEqual(await up(project), {
      create: ["m8"],
      update: ["m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7"],
    });
    for (const index of edits.keys())
      assert.equal(await mounted(`/mnt/m${index}`), "tmpfs rw,size=1024k", edits[index]![0]);
    assert.deepEqual(await refresh(project), {});
    await assertNoChange(project);
    await machine.run(
      "umount /mnt/m0; rm /etc/systemd/system/mnt-m0.mount; systemctl daemon-reload",
    );
    assert.equal(Object.keys(await destroy(project)).join(), "delete");
    assert.equal(
      await machine.run("ls -A /mnt; grep -c ' /mnt/' /proc/self/mounts || true"),
      "with space\n0\n",
    );
  });

  it("says why it cannot be mounted, and the old mount comes back", async () => {
    await apply({ plain });
    await machine.run(
      "mkdir -p /mnt/full; touch /mnt/full/file; systemd-run -q --unit=user sh -c 'cd /mnt/plain-1 && sleep 1000'",
    );
    project.write(
      program({
        plain: { ...plain, options: ["size=2m"] },
        full: { where: "/mnt/full" },
        none: { where: "/mnt/none", what: "/dev/none", type: "ext4" },
        slow: { where: "/mnt/slow", type: "never", timeoutSeconds: 2 },
      }),
    );
    const error = await upError(project);
    assert.match(error, /\/mnt\/plain-1 cannot be unmounted: end what uses it first/);
    assert.match(
      error,
      /where is \/mnt\/full: the directory holds files, which a mount would hide/,
    );
    assert.match(error, /\/mnt\/none cannot be mounted, nothing was changed:[\s\S]*\/dev\/none/);
    assert.match(error, /\/mnt\/slow cannot be mounted, nothing was changed:/);
    assert.equal(await mounted("/mnt/plain-1"), "tmpfs rw,size=1024k");
    assert.equal(await machine.run("ls /mnt"), "full\nplain-1\nwith space\n");
    await machine.run("systemctl stop user");
    project.write(program({ plain: { ...plain, options: ["no_such_option"] } }));
    assert.match(await upError(project), /\/mnt\/plain-1 cannot be mounted, nothing was changed/);
    assert.equal(await mounted("/mnt/plain-1"), "tmpfs rw,size=1024k");
    await destroy(project);
    await machine.run("rm -r /mnt/full");
  });

  it("refuses what somebody else has mounted there; takes it over with adopt", async () => {
    await machine.run("mkdir /mnt/theirs; mount -t tmpfs -o size=1m tmpfs /mnt/theirs");
    const theirs = { where: "/mnt/theirs", options: ["size=1m"] };
    project.write(program({ theirs }));
    assert.match(await upError(project), /\/mnt\/theirs .*exists already and was not made by/);
    assert.deepEqual(await apply({ theirs: { ...theirs, adopt: true } }), { create: ["theirs"] });
    await destroy(project);
    assert.equal(await machine.run("ls /mnt"), "theirs\nwith space\n");
  });

  it("lets the machine boot while what is to be mounted does not answer", async () => {
    await apply({
      plain,
      away: {
        where: "/mnt/away",
        type: "never",
        network: true,
        automount: true,
        timeoutSeconds: 300,
      },
    });
    // As an earlier boot left it: this one mounts at boot, and hangs.
    await machine.run(`sed -e 's#/mnt/away#/mnt/hangs#' /etc/systemd/system/mnt-away.mount >/etc/systemd/system/mnt-hangs.mount
systemctl -q enable mnt-hangs.mount`);
    await task(await proxmox("POST", `/nodes/pve1/qemu/${number}/status/reboot`));
    // Before sshd is up again, and while the old one goes down, there is no answer.
    const look = `systemctl is-active multi-user.target ssh.service mnt-away.automount || true
systemctl show -p SubState --value mnt-hangs.mount`;
    const deadline = Date.now() + 200_000;
    let state = "";
    while (!state.startsWith("active") && Date.now() < deadline) {
      await sleep(500);
      state = await machine.run(look).catch(() => "");
    }
    assert.equal(state, "active\nactive\nactive\nmounting\n");
    assert.equal(await mounted("/mnt/plain-1"), "tmpfs rw,size=1024k");
    await machine.run(
      "systemctl disable -q --now mnt-hangs.mount; rm /etc/systemd/system/mnt-hangs.mount",
    );
    assert.deepEqual(await refresh(project), {});
    await destroy(project);
  });
});
