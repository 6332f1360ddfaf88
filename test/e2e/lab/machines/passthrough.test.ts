import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import * as path from "node:path";
import { deleteMachine, proxmox, ssh } from "../../support/machine";
import { changes, Project } from "../../support/project";

const disk = "/dev/disk/by-id/ata-LABDISK_1G_0001";
const [tank, other] = [{ address: "10.77.0.163" }, { address: "10.77.0.164" }];
const inMachine = "/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_tank-1";
const VM = "proxmoxve:index/vmLegacy:VmLegacy";

/** The arguments of the machines besides node and address. */
interface Lab {
  tank: object;
  other?: object;
}

const program = ({
  tank: one,
  other: two,
}: Lab) => `import { proxmoxFromConfig, Vm } from "labwright";
const on = proxmoxFromConfig();
const tank = new Vm("tank", { on, address: "10.77.0.163/24", ...${JSON.stringify(one)} });
${
  two
    ? `new Vm("other", { on, address: "10.77.0.164/24", ...${JSON.stringify(two)} }, { dependsOn: [tank] });`
    : ""
}
`;
const passed = (changed: object = {}) => ({ scsi1: { disk, serial: "tank-1", ...changed } });
const config = async (vmid: number): Promise<Record<string, string>> =>
  proxmox("GET", `/nodes/pve1/qemu/${vmid}/config`);

describe("A physical disk that is passed to a machine", () => {
  const project = new Project("passthrough", "");
  const up = async (lab: Lab) => {
    project.write(program(lab));
    return project.up();
  };
  const applied = async (lab: Lab) => {
    const run = await up(lab);
    assert.equal(run.code, 0, run.output);
    return changes(run);
  };

  before(async () => {
    for (const vmid of [163, 164, 263]) await deleteMachine(vmid);
    await ssh({ address: "10.77.0.2" }, `wipefs --quiet --all ${disk}`);
    appendFileSync(
      path.join(project.folder, "Pulumi.test.yaml"),
      `config:
  proxmox:node: pve1
  proxmox:datastore: local
  proxmox:template: "9000"
  proxmox:gateway: 10.77.0.1
  proxmox:username: root@pam
`,
    );
    await project.init();
  });
  after(async () => {
    await project.destroy();
    await project.remove();
    for (const vmid of [163, 164, 263]) await deleteMachine(vmid);
  });

  it("is in the machine under its serial number, and out of backups", async () => {
    await applied({ tank: { vmId: 163, passthroughDisks: passed() } });
    const { scsi1 = "" } = await config(163);
    assert.match(scsi1, new RegExp(`^${disk},`));
    assert.match(scsi1, /\bbackup=0\b/);
    assert.match(scsi1, /\bsize=1G\b/);
    assert.equal((await ssh(tank, `blockdev --getsize64 ${inMachine}`)).trim(), String(2 ** 30));
    // Nothing was put on it.
    assert.equal((await ssh(tank, `blkid ${inMachine} || echo none`)).trim(), "none");
    await ssh(
      tank,
      `mkfs.ext4 -q ${inMachine} && mount ${inMachine} /mnt && echo treasure >/mnt/file && umount /mnt`,
    );
  });

  it("changes nothing in a second run, nor in a refresh", async () => {
    assert.deepEqual(await applied({ tank: { vmId: 163, passthroughDisks: passed() } }), {});
    const refreshed = await project.refresh();
    assert.equal(refreshed.code, 0, refreshed.output);
    assert.deepEqual(changes(refreshed).update, undefined);
    assert.deepEqual(await applied({ tank: { vmId: 163, passthroughDisks: passed() } }), {});
  });

  it("takes up another setting while the machine runs", async () => {
    const run = await applied({
      tank: { vmId: 163, passthroughDisks: passed({ backup: true }) },
    });
    assert.deepEqual(run, { update: ["tank"] });
    assert.match((await config(163)).scsi1 ?? "", /\bbackup=1\b/);
    await applied({ tank: { vmId: 163, passthroughDisks: passed() } });
    assert.match((await config(163)).scsi1 ?? "", /\bbackup=0\b/);
  });

  it("keeps its machine from being replaced or deleted unasked", async () => {
    const run = await up({ tank: { vmId: 263, passthroughDisks: passed() } });
    assert.notEqual(run.code, 0);
    assert.match(run.errors.join("\n"), /protected|protect/);
    assert.equal((await ssh(tank, "hostname")).trim(), "tank");
  });

  it("keeps its files when the machine is replaced", async () => {
    await applied({ tank: { vmId: 163, passthroughDisks: passed(), protect: false } });
    const run = await applied({
      tank: { vmId: 263, passthroughDisks: passed(), protect: false },
    });
    assert.ok(run.replace?.includes("tank"), JSON.stringify(run));
    assert.equal((await ssh(tank, `mount ${inMachine} /mnt && cat /mnt/file`)).trim(), "treasure");
    await ssh(tank, "echo more >>/mnt/file; umount /mnt");
  });

  it("moves to another machine with its files", async () => {
    await applied({
      tank: { vmId: 263, protect: false },
      other: { vmId: 164, passthroughDisks: passed(), protect: false },
    });
    assert.equal((await config(263)).scsi1, undefined);
    assert.equal((await config(263)).unused0, undefined);
    assert.equal((await ssh(tank, `ls ${inMachine} 2>/dev/null || echo gone`)).trim(), "gone");
    assert.equal(
      await ssh(other, `mount ${inMachine} /mnt && cat /mnt/file && umount /mnt`),
      "treasure\nmore\n",
    );
  });

  it("moves back to a machine that runs, in a run of its own for each step", async () => {
    await applied({ tank: { vmId: 263, protect: false }, other: { vmId: 164, protect: false } });
    await applied({
      tank: { vmId: 263, passthroughDisks: passed(), protect: false },
      other: { vmId: 164, protect: false },
    });
    assert.equal(
      await ssh(tank, `mount ${inMachine} /mnt && cat /mnt/file && umount /mnt`),
      "treasure\nmore\n",
    );
  });

  it("is still on the node with its files when its machine is deleted", async () => {
    const run = await project.destroy();
    assert.equal(run.code, 0, run.output);
    const [step] = run.steps.filter(({ type, name }) => type === VM && name === "tank");
    assert.equal(step?.op, "delete");
    const kept = await ssh({ address: "10.77.0.2" }, `blkid -o value -s TYPE ${disk}`);
    assert.equal(kept.trim(), "ext4");
  });
});
