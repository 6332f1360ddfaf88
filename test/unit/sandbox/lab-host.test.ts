import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { hostSources } from "../../../sandbox/lab/apt-configuration";
import { ipv4Addresses } from "../../../sandbox/lab/guest-view";
import { renderKnownHosts } from "../../../sandbox/lab/known-hosts";
import { nodeFiles, renderPvesm } from "../../../sandbox/lab/node-machine.render";
import { debianRelease } from "../../../sandbox/lab/os-release";
import {
  requireSandboxFolder,
  sandboxAt,
  sandboxFromEnvironment,
} from "../../../sandbox/lab/sandbox";
import { cgroupHierarchies } from "../../../sandbox/machines/cgroups";
import { run } from "../../e2e/sandbox/test-lab";

const scratch = mkdtempSync(path.join(tmpdir(), "labwright-host-"));
after(() => {
  rmSync(scratch, { recursive: true });
});

describe("sandboxAt()", () => {
  it("derives names outside the folder from the folder alone", () => {
    const a = sandboxAt("/srv/a");
    assert.match(a.id, /^lw-[0-9a-f]{6}$/);
    assert.equal(a.netns, a.id);
    assert.equal(sandboxAt("/srv/x/../a").id, a.id);
    assert.notEqual(sandboxAt("/srv/b").id, a.id);
  });
  it("takes LABWRIGHT_SANDBOX before the checkout's folder", () => {
    assert.equal(sandboxFromEnvironment("/co", {}).dir, "/co/.sandbox");
    assert.equal(sandboxFromEnvironment("/co", { LABWRIGHT_SANDBOX: "/srv/lab" }).dir, "/srv/lab");
  });
});

describe("requireSandboxFolder()", () => {
  const folder = (name: string, files: string[]) => {
    mkdirSync(path.join(scratch, name));
    for (const file of files) writeFileSync(path.join(scratch, name, file), "");
    return sandboxAt(path.join(scratch, name));
  };
  it("takes a folder that is new, empty or a sandbox's", () => {
    requireSandboxFolder(sandboxAt(path.join(scratch, "new")));
    requireSandboxFolder(folder("empty", []));
    requireSandboxFolder(folder("lab", ["credentials.json", "api"]));
  });
  it("refuses a folder with anything else and names what is in it", () => {
    assert.throws(() => {
      requireSandboxFolder(folder("home", [".bashrc"]));
    }, /home is not a sandbox's folder: it holds \.bashrc; set LABWRIGHT_SANDBOX/);
  });
});

describe("debianRelease()", () => {
  const release = (text: string) => {
    writeFileSync(path.join(scratch, "os-release"), text);
    return debianRelease(path.join(scratch, "os-release"));
  };
  it("knows Debian 12 and 13", () => {
    assert.equal(release("ID=debian\nVERSION_CODENAME=bookworm\n"), "bookworm");
    assert.equal(release('VERSION_CODENAME="trixie"\nID="debian"\n'), "trixie");
  });
  it("says what the system is when it is another", () => {
    assert.deepEqual(release('ID=ubuntu\nVERSION_CODENAME=noble\nPRETTY_NAME="Ubuntu 24.04"\n'), {
      problem: "the system is Ubuntu 24.04: use Debian 12 (bookworm) or 13 (trixie)",
    });
    assert.deepEqual(release(""), {
      problem: "the system is not known: use Debian 12 (bookworm) or 13 (trixie)",
    });
  });
});

describe("hostSources()", () => {
  const host = (list: string): string => {
    const root = mkdtempSync(path.join(scratch, "root-"));
    mkdirSync(path.join(root, "etc/apt/sources.list.d"), { recursive: true });
    writeFileSync(path.join(root, "etc/apt/sources.list"), list);
    return root;
  };
  it("follows a mirror list", () => {
    const root = host("deb mirror+file:/etc/apt/mirrors.list bookworm main\n");
    writeFileSync(
      path.join(root, "etc/apt/mirrors.list"),
      "# first\nhttps://m/debian priority:1\n",
    );
    assert.deepEqual(hostSources("bookworm", root), [
      { uri: "https://m/debian", suite: "bookworm", components: ["main"] },
    ]);
  });
  it("says what to add when the host has no mirror for the release", () => {
    assert.throws(
      () => hostSources("bookworm", host("deb http://m/debian bookworm-updates main\n")),
      /no Debian mirror for bookworm main; add one to \/etc\/apt\/sources\.list/,
    );
  });
});

describe("ipv4Addresses()", () => {
  it("finds the machine's own addresses and no others", () => {
    const trie = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.77.0.0/24 2 0 2
        |-- 10.77.0.0
           /24 link UNICAST
        |-- 10.77.0.53
           /32 host LOCAL
        |-- 10.77.0.255
           /32 link BROADCAST
        |-- 127.0.0.1
           /32 host LOCAL
Local:
        |-- 10.77.0.53
           /32 host LOCAL
`;
    assert.deepEqual(ipv4Addresses(trie), ["10.77.0.53"]);
    assert.deepEqual(ipv4Addresses(""), []);
  });
});

describe("renderKnownHosts()", () => {
  it("writes a line a key and leaves out machines without an address", () => {
    assert.equal(
      renderKnownHosts([
        { names: ["10.77.0.2", "pve1"], hostKeys: ["ssh-ed25519 AAAA", "ssh-rsa BBBB"] },
        { names: [], hostKeys: ["ssh-ed25519 CCCC"] },
      ]),
      "10.77.0.2,pve1 ssh-ed25519 AAAA\n10.77.0.2,pve1 ssh-rsa BBBB\n",
    );
  });
});

describe("the node's files", () => {
  const storages = { local: "/var/lib/vz", local2: "/var/lib/vz2" };
  it("let only the given key in, and are not readable by others where that matters", () => {
    const files = nodeFiles({
      address: "10.77.0.2",
      authorizedKey: "ssh-ed25519 AAAA me",
      storages,
    });
    const keys = files.find(({ name }) => name === "root/.ssh/authorized_keys");
    assert.deepEqual(keys, {
      name: "root/.ssh/authorized_keys",
      text: "ssh-ed25519 AAAA me\n",
      mode: 0o600,
      folderMode: 0o700,
    });
  });
  const pvesm = async (...args: string[]): Promise<[number, string]> => {
    const file = path.join(scratch, "pvesm");
    writeFileSync(file, renderPvesm(storages), { mode: 0o755 });
    const { exitCode, stdout, stderr } = await run("sh", [file, ...args]);
    return [exitCode, stdout + stderr];
  };
  for (const [volume, file] of [
    ["local:snippets/a.yaml", "/var/lib/vz/snippets/a.yaml"],
    ["local:iso/a.iso", "/var/lib/vz/template/iso/a.iso"],
    ["local:vztmpl/a.tar.zst", "/var/lib/vz/template/cache/a.tar.zst"],
    ["local:import/a.qcow2", "/var/lib/vz/import/a.qcow2"],
    ["local:backup/a.vma", "/var/lib/vz/dump/a.vma"],
    ["local2:101/vm-101-disk-0.raw", "/var/lib/vz2/images/101/vm-101-disk-0.raw"],
  ] as const) {
    it(`pvesm path ${volume}`, async () => {
      assert.deepEqual(await pvesm("path", volume), [0, `${file}\n`]);
    });
  }
  it("pvesm says what it does not know", async () => {
    assert.deepEqual(await pvesm("path", "tape:iso/a"), [255, "storage 'tape' does not exist\n"]);
    assert.match((await pvesm("alloc"))[1], /^pvesm alloc: the sandbox's node knows/);
    assert.match((await pvesm("apiinfo"))[1], /^APIVER \d+\nAPIAGE \d+\n$/);
  });
});

describe("cgroupHierarchies()", () => {
  it("takes the first version's controllers beside the second's hierarchy", () => {
    const unified = path.join(scratch, "unified");
    mkdirSync(unified);
    writeFileSync(path.join(unified, "cgroup.controllers"), "hugetlb\n");
    const mounts = [
      "cgroup /sys/fs/cgroup/pids cgroup rw,pids 0 0",
      "cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0",
      "cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0",
      `cgroup2 ${unified} cgroup2 rw 0 0`,
    ].join("\n");
    assert.deepEqual(cgroupHierarchies(mounts), [
      { mountPoint: "/sys/fs/cgroup/cpu,cpuacct", version: 1, controllers: ["cpu"] },
      { mountPoint: "/sys/fs/cgroup/memory", version: 1, controllers: ["memory"] },
      { mountPoint: unified, version: 2, controllers: ["hugetlb"] },
    ]);
  });
});
