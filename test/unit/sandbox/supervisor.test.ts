import { strict as assert } from "node:assert";
import { nspawnPath } from "../../../sandbox/machines/data-disks";
import { supervisorCommand } from "../../../sandbox/machines/supervisor";

const start = {
  runDir: "/s/run/101",
  base: "/cache/root",
  volume: "/s/volumes/a:b,c",
  machine: "lw-1-101",
  netns: "lw-1",
  network: "own" as const,
  interfaces: [
    {
      name: "eth0",
      hostName: "tap101i0",
      mac: "bc:24:11:00:00:01",
      bridge: "vmbr0",
      linkDown: false,
    },
    {
      name: "eth1",
      hostName: "tap101i1",
      mac: "bc:24:11:00:00:02",
      bridge: "vmbr0",
      linkDown: true,
    },
  ],
  cgroup: "lw-1/101",
  limits: {},
  mounts: [{ source: "/s/api/storage/local", target: "/var/lib/vz" }],
  devices: ["/dev/fuse"],
  nspawnArgs: ["--bind=/dev/loop0:/dev/sdb"],
};

describe("supervisorCommand()", () => {
  it("hands everything over as arguments of its own", () => {
    const argv = supervisorCommand(start, "/s/sh", ["/sys/fs/cgroup/lw-1/101"]);
    const script = argv.indexOf("/s/sh");
    assert.deepEqual(argv.slice(script + 1, script + 29), [
      ...["/s/run/101", "lw-1", "own", "/cache/root", "/s/volumes/a:b,c"],
      ...["/sys/fs/cgroup/lw-1/101", "--"],
      ...["eth0", "tap101i0", "bc:24:11:00:00:01", "vmbr0", "up"],
      ...["eth1", "tap101i1", "bc:24:11:00:00:02", "vmbr0", "down", "--"],
      ...["/s/api/storage/local", "/var/lib/vz", "--"],
      ...["--machine=lw-1-101", "--boot", "--register=no", "--keep-unit", "--capability=all"],
      ...["--system-call-filter=open_by_handle_at", "--resolv-conf=off"],
    ]);
    assert.equal(argv.at(-2), "--bind=/dev/fuse");
    assert.equal(argv.at(-1), "--bind=/dev/loop0:/dev/sdb");
  });
  it("gives a guest a network namespace of its own and the node the lab's", () => {
    assert.deepEqual(supervisorCommand(start, "/s/sh", []).slice(0, 3), [
      "unshare",
      "--mount",
      "--net",
    ]);
    assert.deepEqual(supervisorCommand({ ...start, network: "lab" }, "/s/sh", []).slice(0, 4), [
      "nsenter",
      "--net=/run/netns/lw-1",
      "unshare",
      "--mount",
    ]);
  });
});

describe("nspawnPath()", () => {
  it("escapes what separates in systemd-nspawn's arguments", () => {
    assert.equal(nspawnPath("/a:b\\c"), "/a\\:b\\\\c");
  });
});
