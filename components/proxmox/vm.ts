import * as pulumi from "@pulumi/pulumi";
import * as proxmoxve from "@muhlba91/pulumi-proxmoxve";
import type { input } from "@muhlba91/pulumi-proxmoxve/types";
import { host as kinds, ssh } from "../../resources";
import { reversePointer } from "../../validation/ip-address";
import { parseNetwork } from "../../validation/network";
import { relativeName } from "../dns/record-value.validate";
import { Host } from "../host/host";
import { refuse } from "../refuse";
import { imageVolume } from "./cloud-image";
import { macAddressFor } from "./mac-address";
import { renderUserData, type UserDataUser } from "./user-data.render";
import { checkVm, vmIdFor } from "./vm.validate";
import type { VmArgs } from "./vm-args";

/**
 * A virtual machine on Proxmox VE with a fixed address, ready to be logged in to. Its SSH host key is known before it
 * boots; nothing ever waits for a guest agent; no change of its own reboots it, and what cloud-init was given never
 * replaces it unless asked to.
 *
 * ```ts
 * const webvm = new Vm("webvm1", { on: pve, address: "10.77.0.80/24", zone: lan });
 * ```
 */
export class Vm extends pulumi.ComponentResource {
  /** Address, without the prefix length. */
  readonly address: string;
  /** Id in Proxmox. */
  readonly vmId: number;
  /** The machine as something to put things on. */
  readonly host: Host;
  /** Full name, when it is in a zone. */
  readonly fqdn?: string;

  constructor(name: string, args: VmArgs, options?: pulumi.ComponentResourceOptions) {
    super("labwright:proxmox:Vm", name, {}, options);
    const hostName = args.hostName ?? name;
    refuse(this, `Vm ${JSON.stringify(name)}`, checkVm(args, hostName).issues);
    this.address = parseNetwork(args.address).address;
    this.vmId = vmIdFor(args);
    this.fqdn = args.zone && `${hostName.toLowerCase()}.${args.zone.name}`;
    args.on.claim(name, this.vmId, this.address);
    for (const { disk } of Object.values(args.passthroughDisks ?? {}))
      args.on.claimDisk(name, disk);

    const proxmoxOptions = { parent: this, provider: args.on.provider };
    const hostKey = new ssh.HostKey(`${name}-host-key`, { comment: hostName }, { parent: this });
    const userData = this.userData(name, args, hostName, hostKey, proxmoxOptions);
    const image = typeof args.image === "object" ? args.on.download(args.image) : undefined;
    const vm = new proxmoxve.VmLegacy(
      name,
      this.vmArgs(args, hostName, userDataFile(args, hostName)),
      {
        ...proxmoxOptions,
        // Its id and address are taken as long as the old one is there.
        deleteBeforeReplace: true,
        protect: args.protect ?? holdsData(args),
        ignoreChanges: ["clone", "disks[0].importFrom", ...notOurs(args)],
        dependsOn: image ? [userData, image] : [userData],
        replaceWith: args.recreateOnCloudInitChange ? [userData] : undefined,
      },
    );
    const connection = {
      address: this.address,
      port: 22,
      user: args.sshUser ?? "root",
      hostKey: hostKey.publicKey,
    };
    const machine = new kinds.Machine(
      `${name}-machine`,
      { host: connection, bootTimeoutSeconds: args.bootTimeoutSeconds },
      { parent: this, dependsOn: [vm], deletedWith: vm, replaceWith: [vm] },
    );
    this.host = new Host({
      name,
      address: this.address,
      connection,
      machine,
      parent: this,
      deletedWith: vm,
    });
    this.addRecords(name, args, hostName);
    this.registerOutputs({ address: this.address, vmId: this.vmId, fqdn: this.fqdn });
  }

  /** What cloud-init is given. It holds the host's private key, so it is secret here and root's alone on the node. */
  private userData(
    name: string,
    args: VmArgs,
    hostName: string,
    hostKey: ssh.HostKey,
    options: pulumi.CustomResourceOptions,
  ): proxmoxve.FileLegacy {
    const login: UserDataUser = {
      name: args.sshUser ?? "root",
      authorizedKeys: args.authorizedKeys ?? args.on.authorizedKeys,
      sudo: (args.sshUser ?? "root") !== "root",
    };
    const data = pulumi
      .all([hostKey.privateKey, hostKey.publicKey])
      .apply(([privateKey, publicKey]) =>
        renderUserData({
          hostName,
          fqdn: this.fqdn,
          users: [login, ...(args.users ?? [])],
          hostKey: { privateKey, publicKey },
          packages: [...(args.packages ?? []), ...(args.agent ? ["qemu-guest-agent"] : [])],
        }),
      );
    return new proxmoxve.FileLegacy(
      `${name}-user-data`,
      {
        nodeName: args.on.node,
        datastoreId: args.on.snippetsDatastore,
        contentType: "snippets",
        fileMode: "0600",
        sourceRaw: { data: pulumi.secret(data), fileName: `${hostName}-user-data.yaml` },
      },
      // The new text has the old one's name: deleted after, it would be gone.
      { ...options, deleteBeforeReplace: true },
    );
  }

  private vmArgs(args: VmArgs, hostName: string, userDataFileId: string): proxmoxve.VmLegacyArgs {
    const { on } = args;
    const tier = on.bootTiers[args.bootTier ?? "services"]!;
    const template = args.template ?? on.template;
    const servers = args.nameServers ?? [...on.nameServers];
    return {
      nodeName: on.node,
      vmId: this.vmId,
      name: hostName,
      tags: [...new Set(args.tags ?? [])].sort(),
      clone: args.image ? undefined : { vmId: template!, full: true },
      // Only `agent` with a static address: its answers are never needed, and a dead one would hold up every refresh.
      agent: { enabled: args.agent ?? false, timeout: "10s", waitForIp: { disabled: true } },
      cpu: { cores: args.cores ?? 1, type: "x86-64-v2-AES" },
      memory: { dedicated: args.memoryMiB ?? 1024 },
      scsiHardware: "virtio-scsi-single",
      disks: disks(args),
      networkDevices: [
        {
          bridge: args.bridge ?? on.bridge,
          model: "virtio",
          macAddress: args.macAddress?.toUpperCase() ?? macAddressFor(this.address),
          vlanId: args.vlan,
        },
      ],
      // Cloud images write their console there, and Debian's wait for it.
      serialDevices: [{ device: "socket" }],
      operatingSystem: { type: "l26" },
      initialization: {
        datastoreId: on.datastore,
        interface: "ide2",
        ipConfigs: [{ ipv4: { address: args.address, gateway: args.gateway ?? on.gateway } }],
        dns:
          servers.length > 0 || on.searchDomain !== undefined
            ? { servers, domain: args.zone?.name ?? on.searchDomain }
            : undefined,
        userDataFileId,
      },
      onBoot: args.startOnBoot ?? true,
      started: true,
      startup: {
        order: tier.order,
        upDelay: tier.upDelaySeconds,
        downDelay: tier.downDelaySeconds,
      },
      reboot: false,
      rebootAfterUpdate: args.rebootAfterUpdate ?? false,
      // Half of Pulumi's patience for a destroy; then the power is cut.
      timeoutShutdownVm: 120,
    };
  }

  private addRecords(name: string, args: VmArgs, hostName: string): void {
    const { zone } = args;
    if (!zone || this.fqdn === undefined) return;
    zone.addRecord(
      `${name}-a`,
      { name: hostName.toLowerCase(), type: "A", values: [this.address], ttl: 3600 },
      { parent: this },
    );
    const reverse = zone.reverseFor(this.address);
    reverse?.addRecord(
      `${name}-ptr`,
      {
        name: relativeName(reversePointer(this.address), reverse.name),
        type: "PTR",
        values: [`${this.fqdn}.`],
        ttl: 3600,
      },
      { parent: this },
    );
  }
}

/**
 * The id the snippet will have. Written out instead of taken from the snippet's resource: through an output, the engine
 * would take a new text for a new machine.
 */
function userDataFile({ on }: VmArgs, hostName: string): string {
  return `${on.snippetsDatastore}:snippets/${hostName}-user-data.yaml`;
}

/**
 * What the provider's schema has a default for that no disk ever reads back, so that each machine would always be said to
 * change: speed limits, and the size of a disk that is there already.
 */
function notOurs(args: VmArgs): string[] {
  return disks(args).flatMap(({ size }, index) => [
    `disks[${index}].speed`,
    ...(size === undefined ? [`disks[${index}].size`] : []),
  ]);
}

const holdsData = ({ dataDisks = {}, passthroughDisks = {} }: VmArgs): boolean =>
  Object.keys(dataDisks).length + Object.keys(passthroughDisks).length > 0;

function disks({ on, ...args }: VmArgs): input.VmLegacyDisk[] {
  const common = { iothread: true, discard: "on" };
  const boot: input.VmLegacyDisk = {
    interface: "scsi0",
    datastoreId: on.datastore,
    size: args.diskGiB ?? 8,
    importFrom: args.image && imageVolume(args.image, on.imageDatastore),
    ...common,
  };
  const data = Object.entries(args.dataDisks ?? {}).map(([slot, disk]) => ({
    interface: slot,
    datastoreId: disk.datastore ?? on.datastore,
    size: disk.sizeGiB,
    backup: disk.backup ?? true,
    ...common,
  }));
  const physical = Object.entries(args.passthroughDisks ?? {}).map(([slot, disk]) => ({
    interface: slot,
    // In no storage: the path is one of the node itself.
    datastoreId: "",
    pathInDatastore: disk.disk,
    serial: disk.serial,
    backup: disk.backup ?? false,
    ...common,
  }));
  const place = (disk: { interface: string }): number =>
    Number(disk.interface.slice("scsi".length));
  return [boot, ...[...data, ...physical].sort((one, other) => place(one) - place(other))];
}
