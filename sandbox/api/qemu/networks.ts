import { randomBytes } from "node:crypto";
import { propertyStringSchema } from "../schema/api-schema";
import {
  printPropertyString,
  splitPropertyString,
  type Properties,
} from "../parameters/property-string";

/** Proxmox Server Solutions' prefix, the default `mac_prefix` of a datacenter. */
const MAC_PREFIX = "BC:24:11";

export function randomMac(prefix = MAC_PREFIX): string {
  const missing = 6 - prefix.split(":").length;
  const octets = [...randomBytes(missing)].map((byte) =>
    byte.toString(16).toUpperCase().padStart(2, "0"),
  );
  return [prefix, ...octets].join(":");
}

const schema = (key: string): ReturnType<typeof propertyStringSchema> =>
  propertyStringSchema("qemu", key);

export const parseNet = (key: string, value: string): Properties =>
  splitPropertyString(value, schema(key));
export const printNet = (key: string, net: Properties): string =>
  printPropertyString(net, schema(key));

/** `model=virtio,bridge=vmbr0` as it is stored, with an address made up when there is none. */
export function normaliseNet(key: string, value: string, macPrefix?: string): string {
  const net = parseNet(key, value);
  net.macaddr ??= randomMac(macPrefix);
  return printNet(key, net);
}

export const isNetKey = (key: string): boolean => /^net\d+$/.test(key);
