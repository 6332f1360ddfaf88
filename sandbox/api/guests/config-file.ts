import { createHash } from "node:crypto";

export type Options = Record<string, string>;

/** A guest's configuration file: options, what waits for the next start, and snapshots. */
export interface GuestConfig {
  options: Options;
  pending: Options;
  /** Options to be deleted at the next start; true when a volume is to be removed, not only detached. */
  pendingDelete: Record<string, boolean>;
  /** Values that the cloud-init image still has, while the options are newer. */
  cloudinit: Options;
  snapshots: Record<string, Options>;
}

export const emptyConfig = (options: Options = {}): GuestConfig => ({
  options,
  pending: {},
  pendingDelete: {},
  cloudinit: {},
  snapshots: {},
});

/** Percent-escapes what does not fit into a comment line. */
function encodeText(text: string): string {
  return [...Buffer.from(text, "utf8")]
    .map((byte) => {
      const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
      return isPlain
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}

function decodeText(text: string): string {
  const latin = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(latin, "latin1").toString("utf8");
}

function printOptions(options: Options): string {
  const { description, ...rest } = options;
  const comment = (description ?? "").replace(/\n$/, "");
  const lines = comment === "" ? [] : comment.split("\n").map((line) => `#${encodeText(line)}`);
  for (const key of Object.keys(rest).sort()) lines.push(`${key}: ${rest[key] ?? ""}`);
  return lines.map((line) => `${line}\n`).join("");
}

/** The text in `/etc/pve/qemu-server/ID.conf`. */
export function printConfig(config: GuestConfig): string {
  const sections = [printOptions(config.options)];
  const deleted = Object.keys(config.pendingDelete).sort();
  if (deleted.length > 0 || Object.keys(config.pending).length > 0) {
    const list = deleted.map((key) => (config.pendingDelete[key] ? `!${key}` : key)).join(",");
    const line = list === "" ? "" : `delete: ${list}\n`;
    sections.push(`[PENDING]\n${line}${printOptions(config.pending)}`);
  }
  if (Object.keys(config.cloudinit).length > 0)
    sections.push(`[special:cloudinit]\n${printOptions(config.cloudinit)}`);
  for (const name of Object.keys(config.snapshots).sort())
    sections.push(`[${name}]\n${printOptions(config.snapshots[name] ?? {})}`);
  return sections.join("\n");
}

export function parseConfig(text: string): GuestConfig {
  const config = emptyConfig();
  let section = config.options;
  const comments = new Map<Options, string[]>();
  for (const line of text.split("\n")) {
    const name = /^\[([^\]]+)\]$/.exec(line)?.[1];
    if (name === "PENDING") section = config.pending;
    else if (name === "special:cloudinit") section = config.cloudinit;
    else if (name !== undefined) section = config.snapshots[name] = {};
    else if (line.startsWith("#"))
      comments.set(section, [...(comments.get(section) ?? []), decodeText(line.slice(1))]);
    else {
      const [, key, value] = /^([a-z][\w-]*):\s?(.*)$/i.exec(line) ?? [];
      if (key !== undefined && value !== undefined) section[key] = value;
    }
  }
  for (const [options, lines] of comments) options.description = lines.join("\n");
  const deleted = (config.pending.delete ?? "").split(",").filter((key) => key !== "");
  Reflect.deleteProperty(config.pending, "delete");
  for (const key of deleted) config.pendingDelete[key.replace(/^!/, "")] = key.startsWith("!");
  return config;
}

/** The digest that guards against lost updates: the SHA-1 of the file. */
export const digestOf = (text: string): string => createHash("sha1").update(text).digest("hex");
