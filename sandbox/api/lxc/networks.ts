import type { Options } from "../guests/config-file";
import {
  printPropertyString,
  splitPropertyString,
  type Properties,
} from "../parameters/property-string";
import { randomMac } from "../qemu/networks";
import { propertyStringSchema } from "../schema/api-schema";

export const isNetKey = (key: string): boolean => /^net\d+$/.test(key);

export const parseNet = (value: string): Properties =>
  splitPropertyString(value, propertyStringSchema("lxc", "net0"));

/** A container's card as it is stored: always with an address and a type. */
export function normaliseNet(value: string, macPrefix: string): string {
  const net = parseNet(value);
  net.hwaddr ??= randomMac(macPrefix);
  net.type ??= "veth";
  return printPropertyString(net, propertyStringSchema("lxc", "net0"));
}

/** The cards in the words of a virtual machine, from which the first-boot configuration is made. */
export function asCloudInit(options: Options): Options {
  const found: Options = {};
  for (const key of Object.keys(options).filter(isNetKey)) {
    const { hwaddr = "", bridge = "", ip, gw, ip6, gw6 } = parseNet(options[key] ?? "");
    const n = key.slice(3);
    found[key] = `virtio=${hwaddr},bridge=${bridge}`;
    const pairs = Object.entries({ ip, gw, ip6, gw6 }).filter(
      ([, text]) => text !== undefined && text !== "manual",
    );
    if (pairs.length > 0)
      found[`ipconfig${n}`] = pairs.map(([name, text]) => `${name}=${String(text)}`).join(",");
  }
  if (options.nameserver !== undefined) found.nameserver = options.nameserver;
  if (options.searchdomain !== undefined) found.searchdomain = options.searchdomain;
  return found;
}
