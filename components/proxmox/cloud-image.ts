import type { IssueList } from "../../validation/checker";

/** A distribution's cloud image. */
export interface CloudImage {
  /** Where the Proxmox node downloads it from, over http or https: a file ending in .qcow2, .img, .raw or .vmdk. */
  url: string;
  /** SHA-256 or SHA-512 of the file, hexadecimal. Default: not checked. */
  checksum?: string;
  /**
   * Name it is stored under, ending in .qcow2, .raw or .vmdk. Default: that of the URL, with .qcow2 for .img, as
   * distributions name their qcow2 images. A file of this name that is there already is an error.
   */
  fileName?: string;
}

/** The name the image is stored under. */
export function imageFileName({ url, fileName }: CloudImage): string {
  if (fileName !== undefined) return fileName;
  const name = new URL(url).pathname.split("/").pop() ?? "";
  return decodeURIComponent(name).replace(/\.img$/, ".qcow2");
}

/** The volume that a machine's disk is made from. */
export function imageVolume(image: CloudImage | string, datastore: string): string {
  return typeof image === "string" ? image : `${datastore}:import/${imageFileName(image)}`;
}

/** What Proxmox imports (`pve-storage-content`'s import volumes). */
const IMAGE_FILE = /^[A-Za-z0-9][A-Za-z0-9._-]*\.(qcow2|raw|vmdk)$/;

/** Adds what is wrong with an image; true when nothing is. */
export function checkImage(issues: IssueList, field: string, image: CloudImage | string): boolean {
  if (typeof image === "string") {
    const [, file = ""] = /^[A-Za-z][A-Za-z0-9._-]*:import\/(.*)$/.exec(image) ?? [];
    if (IMAGE_FILE.test(file)) return true;
    issues.add(
      field,
      image,
      "use the volume of an image, such as local:import/debian-12.qcow2, or { url }",
    );
    return false;
  }
  const located = issues.check(`${field}.url`, image.url, (value) => {
    const hint = "use the http or https address of an image ending in .qcow2, .img, .raw or .vmdk";
    if (typeof value !== "string" || !URL.canParse(value)) return hint;
    if (!["http:", "https:"].includes(new URL(value).protocol)) return hint;
    try {
      return IMAGE_FILE.test(imageFileName(image)) || image.fileName !== undefined
        ? undefined
        : hint;
    } catch {
      return hint;
    }
  });
  const named = issues.checkOptional(`${field}.fileName`, image.fileName, (value) =>
    typeof value === "string" && IMAGE_FILE.test(value)
      ? undefined
      : "use a file name ending in .qcow2, .raw or .vmdk, without a folder",
  );
  const summed = issues.checkOptional(`${field}.checksum`, image.checksum, (value) =>
    typeof value === "string" && /^([0-9a-f]{64}|[0-9a-f]{128})$/i.test(value)
      ? undefined
      : "use a SHA-256 or SHA-512 sum: 64 or 128 hexadecimal digits",
  );
  return located && named && summed;
}
