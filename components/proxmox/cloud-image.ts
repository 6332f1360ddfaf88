import type { IssueList } from "../../validation/checker";

/** A distribution's cloud image. */
export interface CloudImage {
  /** Where the Proxmox node downloads it from, over http or https: a file ending in .qcow2, .img, .raw or .vmdk. */
  url: string;
  /** SHA-256 or SHA-512 of the file, hexadecimal. Default: not checked. */
  checksum?: string;
}

/**
 * The name the image is stored under. Proxmox takes images for import as .qcow2, .raw and .vmdk; what distributions
 * publish as .img is qcow2 (Ubuntu, Cirros).
 */
export function imageFileName(url: string): string {
  const name = new URL(url).pathname.split("/").pop() ?? "";
  return decodeURIComponent(name).replace(/\.img$/, ".qcow2");
}

export function checkImage(issues: IssueList, field: string, image: CloudImage): void {
  issues.check(`${field}.url`, image.url, (value) => {
    const hint = "use the http or https address of an image ending in .qcow2, .img, .raw or .vmdk";
    if (typeof value !== "string" || !URL.canParse(value)) return hint;
    if (!["http:", "https:"].includes(new URL(value).protocol)) return hint;
    try {
      return /^[A-Za-z0-9][A-Za-z0-9._-]*\.(qcow2|raw|vmdk)$/.test(imageFileName(value))
        ? undefined
        : hint;
    } catch {
      return hint;
    }
  });
  issues.checkOptional(`${field}.checksum`, image.checksum, (value) =>
    typeof value === "string" && /^([0-9a-f]{64}|[0-9a-f]{128})$/i.test(value)
      ? undefined
      : "use a SHA-256 or SHA-512 sum: 64 or 128 hexadecimal digits",
  );
}
