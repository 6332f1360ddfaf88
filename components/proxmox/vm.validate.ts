import { IssueList } from "../../validation/checker";
import { checkHostLabel } from "../../validation/dns-name";
import { checkIP, checkIPv4 } from "../../validation/ip-address";
import { checkPackageName, checkUserName } from "../../validation/linux";
import { checkMac } from "../../validation/mac-address";
import {
  checkInterfaceAddress,
  hostNumber,
  networkContains,
  parseNetwork,
} from "../../validation/network";
import { checkVmId, integerBetween, secondsBetween, sizeBetween } from "../../validation/number";
import {
  checkBridge,
  checkDataDisk,
  checkDatastore,
  checkDiskSerial,
  checkPhysicalDisk,
  checkTag,
} from "../../validation/proxmox";
import { checkImage, imageFileName } from "./cloud-image";
import { checkKeys } from "./proxmox-node";
import type { VmArgs } from "./vm-args";

/** The id a machine gets: its own, or one from the node's range by its address. */
export function vmIdFor(args: VmArgs): number {
  return args.vmId ?? args.on.vmIds.from + hostNumber(args.address);
}

/** Everything wrong with a machine's arguments. */
export function checkVm(args: VmArgs, hostName: string): IssueList {
  const issues = new IssueList();
  issues.check(args.hostName === undefined ? "name" : "hostName", hostName, checkHostLabel);
  checkNetworking(issues, args);
  checkHardware(issues, args);
  checkFirstBoot(issues, args);
  if (args.zone && issues.empty)
    issues.issues.push(...args.zone.conflicts({ name: hostName.toLowerCase(), type: "A" }));
  return issues;
}

function checkNetworking(issues: IssueList, args: VmArgs): void {
  const { on } = args;
  issues.checkOptional("bridge", args.bridge, checkBridge);
  issues.checkOptional("vlan", args.vlan, integerBetween(1, 4094));
  issues.checkOptional("macAddress", args.macAddress, checkMac);
  issues.checkEach("nameServers", args.nameServers ?? [], checkIP);
  const gateway = args.gateway ?? on.gateway;
  const routed = issues.checkOptional("gateway", gateway, checkIPv4);
  const identified = issues.checkOptional("vmId", args.vmId, checkVmId);
  if (!issues.check("address", args.address, checkInterfaceAddress)) return;

  const { address } = parseNetwork(args.address);
  const neighbour = on.machineAt(address);
  if (neighbour)
    issues.add("address", args.address, `machine ${JSON.stringify(neighbour)} has it: use another`);
  if (address === gateway) issues.add("address", args.address, "the gateway has it: use another");
  else if (routed && gateway !== undefined && !networkContains(args.address, gateway))
    issues.add("gateway", gateway, `use an address in the machine's own network (${args.address})`);
  if (!identified) return;
  const vmId = vmIdFor(args);
  const owner = on.machineWithId(vmId);
  if (owner) issues.add("vmId", vmId, `machine ${JSON.stringify(owner)} has it: use another`);
  if (vmId === (args.template ?? on.template))
    issues.add("vmId", vmId, "the template has it: use another");
  if (args.vmId === undefined && vmId > on.vmIds.to)
    issues.add("vmId", vmId, `give one: it is past the node's range, which ends at ${on.vmIds.to}`);
}

function checkHardware(issues: IssueList, args: VmArgs): void {
  // Proxmox VE's own bounds: 16 MiB to 4 PiB would be legal; the upper ones here are those of its web interface.
  issues.checkOptional("memoryMiB", args.memoryMiB, sizeBetween(128, 4194304, "MiB"));
  issues.checkOptional("cores", args.cores, integerBetween(1, 512));
  issues.checkOptional("diskGiB", args.diskGiB, sizeBetween(1, 131072, "GiB"));
  for (const place of Object.keys(args.dataDisks ?? {}).sort()) {
    const disk = args.dataDisks![place]!;
    const field = `dataDisks.${place}`;
    const fix = checkDataDisk(place);
    if (fix !== undefined) issues.add("dataDisks", place, fix);
    issues.check(`${field}.sizeGiB`, disk.sizeGiB, sizeBetween(1, 131072, "GiB"));
    issues.checkOptional(`${field}.datastore`, disk.datastore, checkDatastore);
  }
  checkPassthrough(issues, args);
  issues.checkEach("tags", args.tags ?? [], checkTag);
  const tiers = Object.keys(args.on.bootTiers);
  const tier = args.bootTier ?? (args.on.bootTiers["services"] ? undefined : "services");
  issues.checkOptional("bootTier", tier, (value) =>
    tiers.includes(value as string)
      ? undefined
      : `use one of the node's boot tiers: ${tiers.join(", ")}`,
  );
}

function checkPassthrough(issues: IssueList, args: VmArgs): void {
  const slots = Object.keys(args.passthroughDisks ?? {}).sort();
  if (slots.length > 0 && !args.on.rootSession)
    issues.add(
      "passthroughDisks",
      slots.join(", "),
      "sign in as root@pam with a password: Proxmox refuses physical disks to any API token. " +
        "Set proxmox:username to root@pam and the secret proxmox:password instead of proxmox:apiToken " +
        "(or rootSession: true on a ProxmoxNode of your own)",
    );
  const seen = new Map<string, string>();
  for (const slot of slots) {
    const { disk, serial, backup } = args.passthroughDisks![slot]!;
    const field = `passthroughDisks.${slot}`;
    const fix = checkDataDisk(slot);
    if (fix !== undefined) issues.add("passthroughDisks", slot, fix);
    if (args.dataDisks?.[slot])
      issues.add("passthroughDisks", slot, "dataDisks has it: use another");
    issues.checkOptional(`${field}.serial`, serial, checkDiskSerial);
    issues.checkOptional(`${field}.backup`, backup, (value) =>
      typeof value === "boolean" ? undefined : "use true or false",
    );
    if (!issues.check(`${field}.disk`, disk, checkPhysicalDisk)) continue;
    const twin = seen.get(disk);
    const owner = args.on.machineWithDisk(disk);
    if (twin !== undefined) issues.add(`${field}.disk`, disk, `${twin} has it: pass it once`);
    else if (owner !== undefined)
      issues.add(`${field}.disk`, disk, `machine ${JSON.stringify(owner)} has it: pass it to one`);
    seen.set(disk, slot);
  }
}

function checkFirstBoot(issues: IssueList, args: VmArgs): void {
  const { on } = args;
  issues.checkOptional("template", args.template, checkVmId);
  if (args.image && checkImage(issues, "image", args.image) && typeof args.image === "object") {
    const other = on.imageUrl(imageFileName(args.image));
    if (other !== undefined && other !== args.image.url)
      issues.add(
        "image.url",
        args.image.url,
        `give it a fileName of its own: ${other} has this one's`,
      );
  }
  if (args.image && args.template !== undefined)
    issues.add("template", args.template, "give a template or an image, not both");
  if (!args.image && args.template === undefined && on.template === undefined)
    issues.add(
      "template",
      undefined,
      "give the id of a template, here or on the node, or an image",
    );
  issues.checkOptional("sshUser", args.sshUser, checkUserName);
  checkKeys(issues, "authorizedKeys", args.authorizedKeys ?? []);
  if ((args.authorizedKeys ?? on.authorizedKeys).length === 0)
    issues.add(
      "authorizedKeys",
      [],
      "give at least one public key, here or on the node: nobody could log in",
    );
  const names = new Set([args.sshUser ?? "root"]);
  for (const [index, user] of (args.users ?? []).entries()) {
    const field = `users[${index}]`;
    if (issues.check(`${field}.name`, user.name, checkUserName) && names.has(user.name))
      issues.add(`${field}.name`, user.name, "use each name once");
    names.add(user.name);
    checkKeys(issues, `${field}.authorizedKeys`, user.authorizedKeys);
    issues.checkEach(`${field}.groups`, user.groups ?? [], checkUserName);
  }
  issues.checkEach("packages", args.packages ?? [], checkPackageName);
  issues.checkOptional("bootTimeoutSeconds", args.bootTimeoutSeconds, secondsBetween(1, 86400));
}
