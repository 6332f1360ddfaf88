import * as pulumi from "@pulumi/pulumi";
import * as proxmoxve from "@muhlba91/pulumi-proxmoxve";
import { formatIssues } from "../../validation/issue";
import { IssueList } from "../../validation/checker";
import { checkDnsName, checkHostLabel } from "../../validation/dns-name";
import { checkIP, checkIPv4 } from "../../validation/ip-address";
import { checkVmId } from "../../validation/number";
import { checkDatastore, checkBridge } from "../../validation/proxmox";
import { checkPublicKey, looksPrivate } from "../../validation/ssh-key";
import { checkBootTiers, defaultBootTiers, type BootTiers } from "./boot-tier";
import { imageFileName, type CloudImage } from "./cloud-image";

/** A node of a Proxmox VE cluster, and what its virtual machines have in common. */
export interface ProxmoxNodeArgs {
  /** Name of the node, as Proxmox shows it. */
  node: string;
  /** Storage for disks and cloud-init drives. Default `local-lvm`, which Proxmox's installer makes. */
  datastore?: string;
  /** Storage for snippets; its content types must include `snippets`. Default `local`. */
  snippetsDatastore?: string;
  /** Storage for cloud images; its content types must include `import`. Default `local`. */
  imageDatastore?: string;
  /** Id of the template that machines are cloned from. Default none: each `Vm` then names a template or an image. */
  template?: number;
  /** Bridge that machines are plugged into. Default `vmbr0`, which Proxmox's installer makes. */
  bridge?: string;
  /** IPv4 address of the network's router. Default none: machines have no way out of their network. */
  gateway?: string;
  /** Addresses of the name servers that machines ask. Default: those of the node. */
  nameServers?: string[];
  /** Domain that machines add to short names. Default: that of the node. */
  searchDomain?: string;
  /** SSH public keys that may log in to every machine. At least the one Labwright itself uses. */
  authorizedKeys?: string[];
  /**
   * Ids for machines that do not choose one: `from` plus the host's number in its network, so that 10.77.0.53/24 gets
   * `from + 53` whatever else is in the program. Default 1000 to 999999999.
   */
  vmIds?: { from: number; to?: number };
  /** Boot tiers by name, instead of the default ones (`names`, `storage`, `services`). */
  bootTiers?: BootTiers;
  /**
   * Whether the provider signs in as root@pam with a password, and not with an API token. Only then does Proxmox hand
   * physical disks to machines. `proxmoxFromConfig()` finds it out. Default false.
   */
  rootSession?: boolean;
  /** The proxmoxve provider to use. Default: the default provider, set up by PROXMOX_VE_* or `proxmoxve:` configuration. */
  provider?: proxmoxve.Provider;
}

/** What of a cluster may be given away only once. */
interface Taken {
  vmIds: Map<number, string>;
  addresses: Map<string, string>;
  /** By node and path. */
  disks: Map<string, string>;
}

/**
 * A Proxmox VE node to put machines on. It makes nothing by itself.
 *
 * ```ts
 * const pve = new ProxmoxNode({ node: "pve1", template: 9000, gateway: "10.77.0.1", authorizedKeys: [key] });
 * ```
 */
export class ProxmoxNode {
  readonly node: string;
  readonly datastore: string;
  readonly snippetsDatastore: string;
  readonly imageDatastore: string;
  readonly template?: number;
  readonly bridge: string;
  readonly gateway?: string;
  readonly nameServers: readonly string[];
  readonly searchDomain?: string;
  readonly authorizedKeys: readonly string[];
  readonly vmIds: { from: number; to: number };
  readonly bootTiers: BootTiers;
  readonly rootSession: boolean;
  readonly provider?: proxmoxve.Provider;
  private readonly images = new Map<string, { url: string; file: proxmoxve.download.File }>();

  constructor(
    private readonly args: ProxmoxNodeArgs,
    private readonly taken: Taken = {
      vmIds: new Map(),
      addresses: new Map(),
      disks: new Map(),
    },
  ) {
    const issues = checkNode(args);
    if (!issues.empty)
      throw new pulumi.RunError(
        formatIssues(`ProxmoxNode ${JSON.stringify(args.node)}`, issues.issues),
      );
    this.node = args.node;
    this.datastore = args.datastore ?? "local-lvm";
    this.snippetsDatastore = args.snippetsDatastore ?? "local";
    this.imageDatastore = args.imageDatastore ?? "local";
    this.template = args.template;
    this.bridge = args.bridge ?? "vmbr0";
    this.gateway = args.gateway;
    this.nameServers = args.nameServers ?? [];
    this.searchDomain = args.searchDomain;
    this.authorizedKeys = args.authorizedKeys ?? [];
    this.vmIds = { from: args.vmIds?.from ?? 1000, to: args.vmIds?.to ?? 999999999 };
    this.bootTiers = args.bootTiers ?? defaultBootTiers;
    this.rootSession = args.rootSession ?? false;
    this.provider = args.provider;
  }

  /** Another node of the same cluster: as this one but for what `changes` says. Ids and addresses stay unique over both. */
  sibling(changes: Partial<ProxmoxNodeArgs> & { node: string }): ProxmoxNode {
    return new ProxmoxNode({ ...this.args, ...changes }, this.taken);
  }

  /** The name of the machine of this program that has the id already. */
  machineWithId(vmId: number): string | undefined {
    return this.taken.vmIds.get(vmId);
  }

  /** The name of the machine of this program that has the address already. */
  machineAt(address: string): string | undefined {
    return this.taken.addresses.get(address);
  }

  /** The name of the machine of this program that has this physical disk of the node already. */
  machineWithDisk(disk: string): string | undefined {
    return this.taken.disks.get(`${this.node} ${disk}`);
  }

  /** Notes whose physical disk this is from now on. */
  claimDisk(machine: string, disk: string): void {
    this.taken.disks.set(`${this.node} ${disk}`, machine);
  }

  /** The URL that an image of this program was stored from under this name. */
  imageUrl(fileName: string): string | undefined {
    return this.images.get(fileName)?.url;
  }

  /** Notes whose id and address these are from now on. */
  claim(machine: string, vmId: number, address: string): void {
    this.taken.vmIds.set(vmId, machine);
    this.taken.addresses.set(address, machine);
  }

  /** The image on this node, downloaded once for all machines that start from it. */
  download(image: CloudImage): proxmoxve.download.File {
    const fileName = imageFileName(image);
    const known = this.images.get(fileName);
    if (known) return known.file;
    const checksum = image.checksum?.toLowerCase();
    const file = new proxmoxve.download.File(
      `${this.node}-image-${fileName}`,
      {
        nodeName: this.node,
        datastoreId: this.imageDatastore,
        contentType: "import",
        url: image.url,
        fileName,
        checksum,
        checksumAlgorithm: checksum && (checksum.length === 64 ? "sha256" : "sha512"),
        // A newer image under the same URL is for machines to come; it must not replace the file under those that are.
        overwrite: false,
      },
      { provider: this.provider },
    );
    this.images.set(fileName, { url: image.url, file });
    return file;
  }
}

function checkNode(args: ProxmoxNodeArgs): IssueList {
  const issues = new IssueList();
  issues.check("node", args.node, checkHostLabel);
  issues.checkOptional("datastore", args.datastore, checkDatastore);
  issues.checkOptional("snippetsDatastore", args.snippetsDatastore, checkDatastore);
  issues.checkOptional("imageDatastore", args.imageDatastore, checkDatastore);
  issues.checkOptional("template", args.template, checkVmId);
  issues.checkOptional("bridge", args.bridge, checkBridge);
  issues.checkOptional("gateway", args.gateway, checkIPv4);
  issues.checkEach("nameServers", args.nameServers ?? [], checkIP);
  issues.checkOptional("searchDomain", args.searchDomain, checkDnsName);
  checkKeys(issues, "authorizedKeys", args.authorizedKeys ?? []);
  if (args.vmIds) {
    const range = issues.check("vmIds.from", args.vmIds.from, checkVmId);
    const end = issues.checkOptional("vmIds.to", args.vmIds.to, checkVmId);
    if (range && end && args.vmIds.to !== undefined && args.vmIds.to < args.vmIds.from)
      issues.add("vmIds.to", args.vmIds.to, `use an id from ${args.vmIds.from} on`);
  }
  if (args.bootTiers) checkBootTiers(issues, args.bootTiers);
  return issues;
}

/** Public keys; a private one given by mistake is refused without being shown. */
export function checkKeys(issues: IssueList, field: string, keys: readonly string[]): void {
  for (const [index, key] of keys.entries()) {
    const fix = checkPublicKey(key);
    if (fix === undefined) continue;
    if (looksPrivate(key)) issues.addSecret(`${field}[${index}]`, fix);
    else issues.add(`${field}[${index}]`, key, fix);
  }
}
