import { isIPv4, isIPv6 } from "node:net";
import { PRIVILEGES } from "../access/roles";
import { FormatError } from "./property-string";

type Format = (value: string) => string | undefined;

const matches =
  (pattern: RegExp, message: string): Format =>
  (value) =>
    pattern.test(value) ? undefined : message;

const VOLUME_ID = /^[a-z][a-z0-9\-_.]*[a-z0-9]:.+$/i;
const CONFIG_ID = /^[a-z][a-z0-9_-]+$/i;
const HOST_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const CONTENT_TYPES = [
  "images",
  "rootdir",
  "vztmpl",
  "iso",
  "backup",
  "snippets",
  "import",
  "none",
];

const volumeId: Format = (value) =>
  VOLUME_ID.test(value) ? undefined : `unable to parse volume ID '${value}'`;

function isCidr(value: string, isAddress: (text: string) => boolean, longest: number): boolean {
  const [address = "", prefix = "", ...rest] = value.split("/");
  const inRange = /^\d+$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= longest;
  return rest.length === 0 && isAddress(address) && inRange;
}

const isAddress = (value: string): boolean => isIPv4(value) || isIPv6(value);

/** Names that every object has; no table may have an entry of theirs. */
const isReserved = (value: string): boolean => value in Object.prototype;

/** Checkers by name. A name that is missing here is not checked: any text is fine. */
const FORMATS: Partial<Record<string, Format>> = {
  "pve-vmid": matches(/^[1-9][0-9]{2,8}$/, "value does not look like a valid VM ID"),
  "pve-node": matches(new RegExp(`^${HOST_LABEL}$`), "value does not look like a valid node name"),
  "dns-name": matches(
    new RegExp(`^(?:${HOST_LABEL}\\.)*${HOST_LABEL}$`),
    "value does not look like a valid DNS name",
  ),
  "pve-storage-id": (value) =>
    /^[a-z][a-z0-9\-_.]*[a-z0-9]$/i.test(value)
      ? undefined
      : `storage ID '${value}' contains illegal characters`,
  "pve-poolid": (value) => {
    if (!/^[A-Za-z0-9.\-_]+(\/[A-Za-z0-9.\-_]+){0,2}$/.test(value) || isReserved(value))
      return `pool name '${value}' contains invalid characters`;
    return undefined;
  },
  "pve-tag": matches(/^[a-z0-9_][a-z0-9_\-+.]*$/i, "invalid characters in tag"),
  "pve-configid": (value) =>
    CONFIG_ID.test(value) ? undefined : `invalid configuration ID '${value}'`,
  "pve-volume-id": volumeId,
  "pve-volume-id-or-qm-path": (value) =>
    ["none", "cdrom"].includes(value) || value.startsWith("/") ? undefined : volumeId(value),
  "pve-volume-id-or-absolute-path": (value) =>
    value.startsWith("/") ? undefined : volumeId(value),
  "pve-ipv4-config": (value) =>
    value === "dhcp" || isCidr(value, isIPv4, 32)
      ? undefined
      : "value does not look like a valid ipv4 network configuration",
  "pve-ipv6-config": (value) =>
    value === "dhcp" || value === "auto" || isCidr(value, isIPv6, 128)
      ? undefined
      : "value does not look like a valid ipv6 network configuration",
  ipv4: (value) => (isIPv4(value) ? undefined : "value does not look like a valid IPv4 address"),
  ipv6: (value) => (isIPv6(value) ? undefined : "value does not look like a valid IPv6 address"),
  ip: (value) => (isAddress(value) ? undefined : "value does not look like a valid IP address"),
  CIDRv4: (value) =>
    isCidr(value, isIPv4, 32) ? undefined : "value does not look like a valid IPv4 network",
  CIDRv6: (value) =>
    isCidr(value, isIPv6, 128) ? undefined : "value does not look like a valid IPv6 network",
  CIDR: (value) =>
    isCidr(value, isIPv4, 32) || isCidr(value, isIPv6, 128)
      ? undefined
      : "value does not look like a valid CIDR network",
  address: (value) =>
    isAddress(value) || new RegExp(`^(?:${HOST_LABEL}\\.)*${HOST_LABEL}$`).test(value)
      ? undefined
      : "value does not look like a valid DNS name",
  "mac-addr": matches(
    /^[a-f0-9][02468ace](?::[a-f0-9]{2}){5}$/i,
    "value does not look like a valid unicast MAC address",
  ),
  "pve-bridge-id": matches(/^[-_.\w\d]+$/, "invalid bridge ID"),
  "pve-iface": matches(/^[a-z][a-z0-9_]{1,20}([:.]\d+)?$/i, "invalid network interface name"),
  urlencoded: (value) =>
    /^(?:[-\w.~]|%[0-9a-fA-F]{2})*$/.test(value)
      ? undefined
      : `invalid urlencoded string: ${value}`,
  "pve-startup-order": (value) => {
    const parts = value.split(",");
    const isKnown = (part: string): boolean =>
      /^(?:order=\d+|up=\d+|down=\d+|\d+)$/.test(part.trim());
    return parts.every(isKnown) ? undefined : "unable to parse startup options";
  },
  "pve-qm-boot": (value) => {
    if (/^[acdn]{1,4}$/.test(value) || /^legacy=[acdn]{1,4}$/.test(value)) return undefined;
    const order = /^order=(.+)$/.exec(value)?.[1];
    if (order === undefined) return "missing key in comma-separated list property";
    const isDevice = (name: string): boolean =>
      /^(?:ide|scsi|virtio|sata|net|usb|hostpci)\d+$/.test(name);
    return order.split(";").every(isDevice) ? undefined : "invalid boot device";
  },
  "pve-hotplug-features": (value) =>
    /^[01]$/.test(value) ||
    value.split(/[,;\s]/).every((f) => /^(network|disk|cpu|memory|usb|cloudinit)$/.test(f))
      ? undefined
      : "unable to parse hotplug option",
  "pve-storage-content": (value) =>
    CONTENT_TYPES.includes(value) ? undefined : `invalid content type '${value}'`,
  "pve-userid": (value) =>
    /^[^\s:/]+@[A-Za-z][A-Za-z0-9.\-_]+$/.test(value) && value.length <= 64
      ? undefined
      : `value '${value}' does not look like a valid user name`,
  "pve-groupid": (value) =>
    /^[A-Za-z0-9.\-_]+$/.test(value) && !isReserved(value)
      ? undefined
      : `group name '${value}' contains invalid characters`,
  "pve-roleid": (value) =>
    /^[A-Za-z0-9.\-_]+$/.test(value) && !isReserved(value)
      ? undefined
      : `role name '${value}' contains invalid characters`,
  "pve-realm": matches(/^[A-Za-z][A-Za-z0-9.\-_]+$/, "value does not look like a valid realm"),
  "pve-tokenid": matches(
    /^[^\s:/!]+@[A-Za-z][\w.-]+![A-Za-z][\w.-]+$/,
    "value does not look like a valid token ID",
  ),
  "pve-priv": (value) => (PRIVILEGES.includes(value) ? undefined : `invalid privilege '${value}'`),
  "disk-size": matches(/^\d+(\.\d+)?[KMGT]?$/, "value does not look like a valid disk size"),
};

/** Throws a FormatError when the value is not in the named format; `-list` and `-opt` work on every name. */
export function checkNamedFormat(name: string, value: string): void {
  const single = FORMATS[name];
  if (single !== undefined) return report(single(value));
  const base = /^(.+)-(list|opt)$/.exec(name);
  const format = base === null ? undefined : FORMATS[base[1] ?? ""];
  if (format === undefined || (base?.[2] === "opt" && value === "")) return;
  const items = value.split(/[,;\s\0]+/).filter((item) => item !== "");
  for (const item of items) report(format(item));
}

function report(message: string | undefined): void {
  if (message !== undefined) throw new FormatError(`${message}\n`);
}
