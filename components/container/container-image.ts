import { createHash } from "node:crypto";
import { nspawn } from "../../resources";
import type { Host } from "../host/host";
import type { ArchiveImage, BootstrapImage } from "./nspawn-machine-args";

/**
 * The image that a specification stands for, one for all containers of a host that ask for the same. Its name is that of
 * its content, so that a new image is made beside the old one while the container still runs.
 */
export function containerImage(on: Host, image: BootstrapImage | ArchiveImage): nspawn.Image {
  const name = imageName(image);
  return on.shared(`nspawn image ${name}`, (options) => {
    const tools = [on.package("systemd-container")];
    if ("suite" in image) tools.push(on.package("mmdebstrap"));
    return new nspawn.Image(
      `${on.name}-${name}`,
      { host: on.connection, name, ...content(image) },
      { ...options, dependsOn: tools },
    );
  });
}

/** Name of an image, by what is in it. Pure. */
export function imageName(image: BootstrapImage | ArchiveImage): string {
  if ("archive" in image) return `archive-${image.sha256.slice(0, 12)}`;
  const { suite, packages = [], mirror = "" } = image;
  const sum = createHash("sha256").update(JSON.stringify([suite, sorted(packages), mirror]));
  return `${suite}-${sum.digest("hex").slice(0, 12)}`;
}

function content(image: BootstrapImage | ArchiveImage) {
  if ("archive" in image) return { archive: { source: image.archive, sha256: image.sha256 } };
  const { suite, packages = [], mirror } = image;
  return { bootstrap: { suite, packages: sorted(packages), mirror } };
}

function sorted(packages: readonly string[]): string[] {
  return [...new Set(packages)].sort();
}
