import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { kernelMachines, requireKernelBase } from "../../../sandbox/lab/kernel-machines";
import { sandboxAt } from "../../../sandbox/lab/sandbox";
import { emulatorArguments, emulatorCommand } from "../../../sandbox/machines/emulator";
import {
  forgetView,
  parseView,
  rememberedView,
  rememberView,
} from "../../../sandbox/machines/machine-view";
import { physicalDisk } from "../../../sandbox/machines/physical-disks";

const scratch = mkdtempSync(path.join(tmpdir(), "labwright-kernel-"));
after(() => {
  rmSync(scratch, { recursive: true });
});

const start = {
  base: "/cache/it's,here",
  disk: "/volumes/a,b/disk.qcow2",
  memoryMiB: 1024,
  cores: 2,
  nics: [{ hostName: "tap101i0", mac: "bc:24:11:00:00:01" }],
  seed: "/run/a,b/seed.tar",
  resume: true,
};
const valueOf = (argv: string[], option: string): string => argv[argv.indexOf(option) + 1] ?? "";

describe("emulatorArguments()", () => {
  const argv = emulatorArguments(start);
  it("doubles commas where QEMU separates by them, and nowhere else", () => {
    assert.match(valueOf(argv, "-drive"), /^file=\/volumes\/a,,b\/disk\.qcow2,if=none/);
    assert.match(valueOf(argv, "-fw_cfg"), /,file=\/run\/a,,b\/seed\.tar$/);
    assert.equal(valueOf(argv, "-kernel"), "/cache/it's,here/kernel");
  });
  it("quotes the frozen state's path for the shell that reads it", () => {
    assert.equal(valueOf(argv, "-incoming"), "exec:cat '/cache/it'\\''s,here/state'");
  });
  it("boots when there is nothing to resume, and carries no seed when there is none", () => {
    const cold = emulatorArguments({ ...start, resume: false, seed: undefined });
    assert.ok(!cold.includes("-incoming"));
    assert.ok(!cold.includes("-fw_cfg"));
  });
});

describe("emulatorCommand()", () => {
  it("hands interfaces and control groups to the supervisor as arguments of its own", () => {
    const nic = { name: "eth0", hostName: "tap101i0", mac: "x", bridge: "vmbr0", linkDown: true };
    const run = { runDir: "/s/run/101", netns: "lw-1", interfaces: [nic] };
    assert.deepEqual(
      emulatorCommand(run, start, "/s/sh", ["/sys/fs/cgroup/lw-1/101"]).slice(0, 11),
      [
        ...["nsenter", "--net=/run/netns/lw-1", "sh", "/s/sh", "/s/run/101"],
        ...["/sys/fs/cgroup/lw-1/101", "--", "tap101i0", "vmbr0", "down", "--"],
      ],
    );
  });
});

describe("parseView()", () => {
  it("reads addresses, host keys without comments, and who may log in", () => {
    assert.deepEqual(
      parseView(
        "address 10.77.0.5\naddress fd00::5\nkey ssh-ed25519 AAAA root@x\nkey nonsense\n" +
          "login root ssh-ed25519 BBBB me\nlogin root \nother line\n",
      ),
      {
        addresses: ["10.77.0.5", "fd00::5"],
        hostKeys: ["ssh-ed25519 AAAA"],
        logins: [{ user: "root", line: "ssh-ed25519 BBBB me" }],
      },
    );
  });
  it("is remembered in the folder of a run until it is forgotten", () => {
    const view = { addresses: ["10.77.0.5"], hostKeys: [], logins: [] };
    assert.equal(rememberedView(scratch), undefined);
    rememberView(scratch, view);
    assert.deepEqual(rememberedView(scratch), view);
    forgetView(scratch);
    assert.equal(rememberedView(scratch), undefined);
  });
});

describe("kernelMachines()", () => {
  const sandbox = sandboxAt(path.join(scratch, "lab"));
  it("says how to have them, or why they cannot be had", () => {
    assert.throws(
      () => requireKernelBase(sandbox),
      /cannot start: their base is not there; run: labwright sandbox up --kernel-machines/,
    );
    mkdirSync(sandbox.runDir, { recursive: true });
    const note = path.join(sandbox.runDir, "kernel-machines.json");
    writeFileSync(note, '{"unavailable":"QEMU is not on this host: no such package"}');
    assert.throws(() => requireKernelBase(sandbox), /QEMU is not on this host: no such package/);
    writeFileSync(note, '{"base":"/cache/base/kernel-x"}');
    assert.equal(requireKernelBase(sandbox), "/cache/base/kernel-x");
    assert.deepEqual(kernelMachines(sandbox), { base: "/cache/base/kernel-x" });
  });
});

describe("physicalDisk()", () => {
  const disks = [{ id: "ata-A", sizeBytes: 1, device: "/dev/loop0" }];
  it("is found by its name below /dev/disk/by-id alone", () => {
    assert.equal(physicalDisk(disks, "/dev/disk/by-id/ata-A")?.device, "/dev/loop0");
    for (const other of ["/dev/loop0", "/dev/sdb", "ata-A", "/dev/disk/by-id/../by-id/ata-A", ""])
      assert.equal(physicalDisk(disks, other), undefined, other);
  });
});
