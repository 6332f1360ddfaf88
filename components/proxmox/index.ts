/** Virtual machines on Proxmox VE. */
export { defaultBootTiers } from "./boot-tier";
export type { BootTier, BootTiers } from "./boot-tier";
export type { CloudImage } from "./cloud-image";
export { proxmoxFromConfig } from "./proxmox-from-config";
export { ProxmoxNode } from "./proxmox-node";
export type { ProxmoxNodeArgs } from "./proxmox-node";
export { Vm } from "./vm";
export type { DataDisk, PassthroughDisk, VmArgs, VmUser } from "./vm-args";
