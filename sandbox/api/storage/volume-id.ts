import { failure } from "../api-error";

/** `local:101/vm-101-disk-0.qcow2` taken apart. */
export interface VolumeId {
  storage: string;
  /** What stands after the colon. */
  name: string;
}

/** Throws when the text has no storage. */
export function parseVolumeId(text: string): VolumeId {
  const match = /^([a-z][a-z0-9\-_.]*[a-z0-9]):(.+)$/i.exec(text);
  if (match === null) throw failure(`unable to parse volume ID '${text}'`);
  const [, storage = "", name = ""] = match;
  return { storage, name };
}

export type ImageFormat = "raw" | "qcow2" | "vmdk" | "subvol";

/** The parts of a guest image's name. */
export interface ImageName {
  vmid: number;
  file: string;
  format: ImageFormat;
  /** `130/base-130-disk-0.qcow2` when it is a linked clone. */
  base?: string;
  /** Whether templates' clones may be based on it. */
  isBase: boolean;
  /** Without the base: the name under which the volume is stored. */
  stored: string;
}

const IMAGE = /^(?:(\d+\/base-[^/\s]+)\/)?(\d+)\/([^/\s]+)$/;

/** Undefined when the name is not one of a guest's images. */
export function parseImageName(name: string): ImageName | undefined {
  const match = IMAGE.exec(name);
  if (match === null) return undefined;
  const [, base, id = "", file = ""] = match;
  const extension = /\.(raw|qcow2|vmdk|subvol)$/.exec(file)?.[1] as ImageFormat | undefined;
  if (extension === undefined) return undefined;
  const stored = `${id}/${file}`;
  return {
    vmid: Number(id),
    file,
    format: extension,
    base,
    isBase: file.startsWith("base-"),
    stored,
  };
}

export type FileContent = "iso" | "vztmpl" | "backup" | "snippets" | "import";

export const CONTENT_FOLDERS: Record<FileContent, string> = {
  iso: "template/iso",
  vztmpl: "template/cache",
  backup: "dump",
  snippets: "snippets",
  import: "import",
};

/** `iso/debian.iso` as content type and file name; undefined when it names no plain file. */
export function parseFileName(name: string): { content: FileContent; file: string } | undefined {
  const match = /^(iso|vztmpl|backup|snippets|import)\/(?!\.{1,2}$)([^/\0]+)$/.exec(name);
  if (match === null) return undefined;
  const [, content, file = ""] = match as unknown as [string, FileContent, string];
  return { content, file };
}
