import type { PropertySchemas } from "../schema/property-schema";

const text = { type: "string", optional: 1 } as const;
const flag = { type: "boolean", optional: 1 } as const;
const volume = { ...text, format: "pve-volume-id" } as const;

/**
 * Named formats that are property strings; the published schema has only their names. Source of the keys: the option
 * descriptions of qm.conf(5), Proxmox VE 9.
 */
export const PROPERTY_STRING_FORMATS: Partial<Record<string, PropertySchemas>> = {
  "pve-qm-ipconfig": {
    ip: { ...text, format: "pve-ipv4-config" },
    gw: { ...text, format: "ipv4", requires: "ip" },
    ip6: { ...text, format: "pve-ipv6-config" },
    gw6: { ...text, format: "ipv6", requires: "ip6" },
  },
  "pve-qm-cicustom": { user: volume, network: volume, meta: volume, vendor: volume },
  "pve-qm-hostpci": {
    host: {
      ...text,
      default_key: 1,
      pattern:
        "(?:[0-9a-f]{4,}:)?[0-9a-f]{2}:[0-9a-f]{2}(?:\\.[0-9a-f])?(?:;(?:[0-9a-f]{4,}:)?[0-9a-f]{2}:[0-9a-f]{2}(?:\\.[0-9a-f])?)*",
    },
    mapping: { ...text, format: "pve-configid" },
    rombar: flag,
    romfile: { ...text, pattern: "[^,;]+" },
    pcie: flag,
    "x-vga": flag,
    "legacy-igd": flag,
    mdev: { ...text, pattern: "[^/\\.:]+" },
    driver: { ...text, enum: ["vfio", "keep"] },
    "vendor-id": { ...text, pattern: "0x[0-9a-fA-F]{4}" },
    "device-id": { ...text, pattern: "0x[0-9a-fA-F]{4}" },
    "sub-vendor-id": { ...text, pattern: "0x[0-9a-fA-F]{4}" },
    "sub-device-id": { ...text, pattern: "0x[0-9a-fA-F]{4}" },
  },
  "pve-qm-smbios1": {
    uuid: { ...text, pattern: "[a-fA-F0-9]{8}(?:-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}" },
    version: text,
    serial: text,
    manufacturer: text,
    product: text,
    sku: text,
    family: text,
    base64: flag,
  },
  "pve-qm-watchdog": {
    model: { ...text, default_key: 1, enum: ["i6300esb", "ib700"] },
    action: { ...text, enum: ["reset", "shutdown", "poweroff", "pause", "debug", "none"] },
  },
  "pve-qm-rng": {
    source: { type: "string", default_key: 1, enum: ["/dev/urandom", "/dev/random", "/dev/hwrng"] },
    max_bytes: { type: "integer", optional: 1 },
    period: { type: "integer", optional: 1 },
  },
  "pve-vm-cpu-conf": {
    cputype: { ...text, default_key: 1 },
    "reported-model": text,
    hidden: flag,
    "hv-vendor-id": { ...text, pattern: "[a-zA-Z0-9]{1,12}" },
    flags: text,
    "phys-bits": text,
    "guest-phys-bits": { type: "integer", optional: 1, minimum: 32, maximum: 64 },
  },
};
