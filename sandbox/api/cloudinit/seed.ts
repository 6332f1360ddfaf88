import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { CloudInitSeed } from "../../hypervisor";
import { failure } from "../api-error";
import type { Options } from "../guests/config-file";
import type { PveNode } from "../node";
import { splitPropertyString } from "../parameters/property-string";
import { PROPERTY_STRING_FORMATS } from "../parameters/property-string-formats";
import { renderInterfaces, renderNetworkConfig } from "./network-config";
import { renderUserData } from "./user-data";

export type SeedPart = "user" | "network" | "meta";

const sha1 = (text: string): string => createHash("sha1").update(text).digest("hex");

/** A new instance id whenever the rest changes makes cloud-init run again. */
const renderMetaData = (userData: string, networkConfig: string): string =>
  `instance-id: ${sha1(userData + networkConfig)}\n`;

const renderConfigDriveMetaData = (userData: string, networkConfig: string): string =>
  `{\n     "uuid": "${sha1(userData + networkConfig)}",\n     "network_config": { "content_path": "/content/0000" }\n}\n`;

const isConfigDrive = (options: Options): boolean =>
  options.citype === "configdrive2" ||
  (options.citype === undefined && /^w(in|xp|2k|vista)/.test(options.ostype ?? ""));

/** What Proxmox VE would generate; custom snippets are not looked at. */
export function generatedPart(
  node: PveNode,
  vmid: number,
  options: Options,
  part: SeedPart,
): string {
  const userData = renderUserData(vmid, options);
  const drive = isConfigDrive(options);
  const network = drive
    ? renderInterfaces(options, node.dns)
    : renderNetworkConfig(options, node.dns);
  if (part === "user") return userData;
  if (part === "network") return network;
  return drive ? renderConfigDriveMetaData(userData, network) : renderMetaData(userData, network);
}

/** The NoCloud seed of a guest, with its `cicustom` snippets in place of what is generated. Errors: a snippet is missing. */
export function cloudInitSeed(node: PveNode, vmid: number, options: Options): CloudInitSeed {
  const formats = PROPERTY_STRING_FORMATS["pve-qm-cicustom"] ?? {};
  const custom = splitPropertyString(options.cicustom ?? "", formats);
  const snippet = (part: string): string | undefined => {
    const volid = custom[part];
    if (volid === undefined) return undefined;
    if (!node.volumes.exists(volid)) throw failure(`volume '${volid}' does not exist`);
    return readFileSync(node.volumes.filePath(volid), "utf8");
  };
  const userData = snippet("user") ?? renderUserData(vmid, options);
  const networkConfig = snippet("network") ?? renderNetworkConfig(options, node.dns);
  const metaData = snippet("meta") ?? renderMetaData(userData, networkConfig);
  const vendorData = snippet("vendor");
  return { userData, metaData, networkConfig, ...(vendorData !== undefined && { vendorData }) };
}
