import assert from "node:assert/strict";
import { parse } from "yaml";
import { Vm, type VmArgs } from "../../../components";
import { recordLab, type RecordedLab, type RecordOptions } from "../../../testing";
import { inputsOf, node, publicKey, server, zone } from "./lab-parts";

const VM = "proxmoxve:index/vmLegacy:VmLegacy";
const FILE = "proxmoxve:index/fileLegacy:FileLegacy";

const record = (changes: Partial<VmArgs> = {}, options: RecordOptions = {}) =>
  recordLab(() => new Vm("web", { on: node(), address: "10.77.0.80/24", ...changes }), options);
const component = (lab: RecordedLab<unknown>) => lab.get("web", "labwright:proxmox:Vm");
const machineArgs = async (changes: Partial<VmArgs>) =>
  (await record(changes)).get("web", VM).inputs;

interface UserData {
  hostname: string;
  fqdn?: string;
  disable_root: boolean;
  users: { name: string; sudo?: string; ssh_authorized_keys: string[] }[];
  ssh_keys: Record<string, string>;
  packages?: string[];
}
function userData(lab: RecordedLab<unknown>): UserData {
  const { data } = lab.get("web-user-data").inputs["sourceRaw"] as { data: string };
  assert.match(data, /^#cloud-config\n/);
  return parse(data) as UserData;
}

describe("Vm", () => {
  it("consists of a host key, user-data, the virtual machine and the joined machine", async () => {
    const lab = await record();
    assert.deepEqual(lab.childNames(component(lab)), [
      "labwright:host:Machine web-machine",
      "labwright:ssh:HostKey web-host-key",
      `${FILE} web-user-data`,
      `${VM} web`,
    ]);
    assert.deepEqual(component(lab).outputs, { address: "10.77.0.80", vmId: 1080 });
  });

  it("asks Proxmox for exactly this", async () => {
    assert.deepEqual(await machineArgs({ tags: ["web", "lab", "web"], bootTier: "names" }), {
      nodeName: "pve1",
      vmId: 1080,
      name: "web",
      tags: ["lab", "web"],
      clone: { vmId: 9000, full: true },
      agent: { enabled: false, timeout: "10s", waitForIp: { disabled: true } },
      cpu: { cores: 1, type: "x86-64-v2-AES" },
      memory: { dedicated: 1024 },
      scsiHardware: "virtio-scsi-single",
      disks: [{ interface: "scsi0", datastoreId: "local", size: 8, iothread: true, discard: "on" }],
      networkDevices: [{ bridge: "vmbr0", model: "virtio", macAddress: "BC:24:11:4D:00:50" }],
      serialDevices: [{ device: "socket" }],
      operatingSystem: { type: "l26" },
      initialization: {
        datastoreId: "local",
        interface: "ide2",
        ipConfigs: [{ ipv4: { address: "10.77.0.80/24", gateway: "10.77.0.1" } }],
        dns: { servers: ["10.77.0.53"] },
        userDataFileId: "local:snippets/web-user-data.yaml",
      },
      onBoot: true,
      started: true,
      startup: { order: 10, upDelay: 5 },
      reboot: false,
      rebootAfterUpdate: false,
      timeoutShutdownVm: 120,
    });
  });

  it("ignores later changes of what it was cloned from, and makes room before it is replaced", async () => {
    const { options } = (await record()).get("web", VM);
    assert.deepEqual(options.ignoreChanges, ["clone", "disks[0].importFrom", "disks[0].speed"]);
    assert.equal(options.deleteBeforeReplace, true);
    assert.deepEqual(options.replaceWith, []);
    assert.equal(options.protect, false);
  });

  it("depends on its user-data without taking an input from it, so that new text replaces no machine", async () => {
    const lab = await record();
    const vm = lab.get("web", VM);
    const snippet = lab.get("web-user-data");
    assert.deepEqual(vm.dependencies, [snippet.urn]);
    for (const [input, urns] of Object.entries(vm.propertyDependencies))
      assert.deepEqual(urns, [], input);
    assert.equal(snippet.options.deleteBeforeReplace, true);
  });

  it("is made anew with its user-data when asked to", async () => {
    const lab = await record({ recreateOnCloudInitChange: true });
    assert.deepEqual(lab.get("web", VM).options.replaceWith, [lab.get("web-user-data").urn]);
  });

  it("orders data disks by number and protects the machine that has them", async () => {
    const lab = await record({
      dataDisks: {
        scsi10: { sizeGiB: 3 },
        scsi2: { sizeGiB: 2, datastore: "tank", backup: false },
      },
    });
    const vm = lab.get("web", VM);
    const disks = vm.inputs["disks"] as { interface: string; size: number; datastoreId: string }[];
    assert.deepEqual(
      disks.map((disk) => [disk.interface, disk.size, disk.datastoreId]),
      [
        ["scsi0", 8, "local"],
        ["scsi2", 2, "tank"],
        ["scsi10", 3, "local"],
      ],
    );
    assert.equal(vm.options.protect, true);
    assert.equal(lab.get("web-user-data").options.protect, false);
    assert.equal(
      (await record({ dataDisks: { scsi1: { sizeGiB: 1 } }, protect: false })).get("web", VM)
        .options.protect,
      false,
    );
  });

  it("passes a physical disk by its path on the node, out of backups, between the data disks and protected", async () => {
    const disk = "/dev/disk/by-id/ata-LABDISK_1G_0001";
    const other = "/dev/disk/by-id/ata-LABDISK_1G_0002";
    const lab = await record({
      on: node({ rootSession: true }),
      dataDisks: { scsi3: { sizeGiB: 3 } },
      passthroughDisks: {
        scsi10: { disk: other, backup: true },
        scsi2: { disk, serial: "tank-1" },
      },
    });
    const vm = lab.get("web", VM);
    const [, ...disks] = vm.inputs["disks"] as Record<string, unknown>[];
    assert.deepEqual(disks, [
      {
        interface: "scsi2",
        datastoreId: "",
        pathInDatastore: disk,
        serial: "tank-1",
        backup: false,
        iothread: true,
        discard: "on",
      },
      {
        interface: "scsi3",
        datastoreId: "local",
        size: 3,
        backup: true,
        iothread: true,
        discard: "on",
      },
      {
        interface: "scsi10",
        datastoreId: "",
        pathInDatastore: other,
        backup: true,
        iothread: true,
        discard: "on",
      },
    ]);
    assert.equal(vm.options.protect, true);
    assert.deepEqual(vm.options.ignoreChanges, [
      ...["clone", "disks[0].importFrom", "disks[0].speed"],
      ...["disks[1].speed", "disks[1].size", "disks[2].speed", "disks[3].speed", "disks[3].size"],
    ]);
    assert.deepEqual(vm.secrets, []);
  });

  it("passes a disk of the same name on another node of the cluster", async () => {
    const passthroughDisks = { scsi1: { disk: "/dev/disk/by-id/ata-LABDISK_1G_0001" } };
    const lab = await recordLab(() => {
      const on = node({ rootSession: true });
      new Vm("one", { on, address: "10.77.0.80/24", passthroughDisks });
      const two = on.sibling({ node: "pve2" });
      new Vm("two", { on: two, address: "10.77.0.81/24", passthroughDisks, protect: false });
    });
    assert.equal(lab.get("two", VM).options.protect, false);
  });

  it("keeps its user-data secret, with the host's key in it and readable by root alone", async () => {
    const lab = await record();
    const snippet = lab.get("web-user-data");
    assert.deepEqual(snippet.secrets, ["sourceRaw.data"]);
    assert.equal(snippet.inputs["fileMode"], "0600");
    assert.equal(snippet.inputs["contentType"], "snippets");
    assert.equal(
      userData(lab).ssh_keys["ed25519_private"],
      "simulated private key of web-host-key\n",
    );
  });

  it("lets root log in with the node's keys", async () => {
    const data = userData(await record());
    assert.equal(data.disable_root, false);
    assert.deepEqual(data.users, [
      { name: "root", lock_passwd: true, ssh_authorized_keys: [publicKey] },
    ]);
    assert.equal(data.packages, undefined);
  });

  it("makes another login user an administrator, and further users as told", async () => {
    const lab = await record({
      sshUser: "admin",
      agent: true,
      packages: ["vim"],
      users: [{ name: "jo", authorizedKeys: [publicKey], groups: ["adm"] }],
    });
    const data = userData(lab);
    assert.equal(data.disable_root, true);
    assert.deepEqual(
      data.users.map(({ name, sudo }) => [name, sudo]),
      [
        ["admin", "ALL=(ALL) NOPASSWD:ALL"],
        ["jo", undefined],
      ],
    );
    assert.deepEqual(data.packages, ["qemu-guest-agent", "vim"]);
    const { host } = lab.get("web-machine").inputs as { host: { user: string } };
    assert.equal(host.user, "admin");
  });

  it("is joined at its declared address with the pinned key, after it was made, and goes with it", async () => {
    const lab = await record();
    const machine = lab.get("web-machine");
    const vm = lab.get("web", VM);
    const { host } = machine.inputs as { host: Record<string, unknown> };
    assert.equal(host["address"], "10.77.0.80");
    assert.match(String(host["hostKey"]), /^ssh-ed25519 /);
    assert.deepEqual(machine.propertyDependencies["host"], [lab.get("web-host-key").urn]);
    assert.ok(machine.dependencies.includes(vm.urn));
    assert.equal(machine.options.deletedWith, vm.urn);
    assert.deepEqual(machine.options.replaceWith, [vm.urn]);
  });

  it("knows its address in a preview, when nothing else is known", async () => {
    const lab = await record({}, { preview: true });
    assert.equal(lab.value.address, "10.77.0.80");
    assert.deepEqual(lab.get("web-machine").unknowns, ["host.hostKey"]);
    assert.deepEqual(lab.get("web-user-data").unknowns, ["sourceRaw.data"]);
    assert.deepEqual(lab.get("web", VM).unknowns, []);
  });

  it("gives its zone an address and a PTR record", async () => {
    const lab = await recordLab(
      () => new Vm("web", { on: node(), address: "10.77.0.80/24", zone: zone() }),
    );
    assert.deepEqual(lab.childNames(component(lab)).slice(0, 2), [
      "labwright:dns:Record web-a",
      "labwright:dns:Record web-ptr",
    ]);
    assert.deepEqual(inputsOf(lab.get("web-a")), {
      zone: "home.arpa",
      name: "web",
      type: "A",
      values: ["10.77.0.80"],
      ttl: 3600,
    });
    assert.deepEqual(inputsOf(lab.get("web-ptr")), {
      zone: "0.77.10.in-addr.arpa",
      name: "80",
      type: "PTR",
      values: ["web.home.arpa."],
      ttl: 3600,
    });
    assert.equal(userData(lab).fqdn, "web.home.arpa");
    assert.equal(lab.value.fqdn, "web.home.arpa");
  });

  it("has no PTR record when no reverse zone covers it", async () => {
    const lab = await recordLab(
      () =>
        new Vm("web", { on: node(), address: "10.77.0.80/24", zone: server().zone("home.arpa") }),
    );
    assert.deepEqual(
      lab.ofType("labwright:dns:Record").map(({ name }) => name),
      ["web-a"],
    );
  });

  it("downloads an image once for all machines, and takes its id without an output", async () => {
    const url = "https://example.net/images/debian.img";
    const lab = await recordLab(() => {
      const on = node({ template: undefined });
      const image = { url, checksum: "AB".repeat(32) };
      new Vm("web", { on, address: "10.77.0.80/24", image });
      new Vm("app", { on, address: "10.77.0.90/24", image });
    });
    const [file, ...more] = lab.ofType("proxmoxve:download/file:File");
    assert.deepEqual(more, []);
    assert.deepEqual(file!.inputs, {
      nodeName: "pve1",
      datastoreId: "local",
      contentType: "import",
      url,
      fileName: "debian.qcow2",
      checksum: "ab".repeat(32),
      checksumAlgorithm: "sha256",
      overwrite: false,
    });
    const vm = lab.get("web", VM);
    assert.equal(vm.inputs["clone"], undefined);
    assert.equal(
      (vm.inputs["disks"] as { importFrom: string }[])[0]!.importFrom,
      "local:import/debian.qcow2",
    );
    assert.deepEqual(vm.dependencies, [file!.urn, lab.get("web-user-data").urn].sort());
    assert.deepEqual(vm.propertyDependencies["disks"], []);
  });
});
