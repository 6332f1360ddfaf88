import { defineKind, list, object, objectType, text } from "../../../schema";

/** How an image is installed from a distribution's packages. */
export const bootstrap = objectType("labwright:nspawn:ImageBootstrap", {
  doc: "An image installed from the packages of Debian or a relative, by mmdebstrap(1) or debootstrap(8) on the host.",
  fields: {
    suite: text({ doc: "Name of the release, such as `bookworm`." }),
    packages: list(text(), {
      doc: "Packages besides the essential ones and systemd. Default none.",
      default: [],
    }),
    mirror: text({
      doc:
        "Where packages come from, such as `http://mirror.example.net/debian`. Left out: where the host's own apt sources have " +
        "them from, through the same proxy.",
      optional: true,
    }),
  },
});

/** How an image comes from an archive. */
export const archive = objectType("labwright:nspawn:ImageArchive", {
  doc: "An image from a tar archive with the root of a system, compressed or not.",
  fields: {
    source: text({ doc: "Absolute path on the host, or an http or https URL." }),
    sha256: text({
      doc: "SHA-256 of the archive, 64 hexadecimal digits. Another file is refused.",
    }),
  },
});

/** An image of containers. */
export const imageSchema = defineKind("labwright:nspawn:Image", {
  doc:
    "An image in /var/lib/machines that containers are clones of: installed from packages, or unpacked from an archive. " +
    "Made beside its place and moved there when it is whole. Deleting it leaves its clones as they are.",
  inputs: {
    name: text({
      doc: "Name of the image, and of its folder in /var/lib/machines.",
      replaces: true,
    }),
    bootstrap: object(bootstrap, {
      doc: "Install it from packages. Give this or `archive`.",
      optional: true,
      replaces: true,
    }),
    archive: object(archive, {
      doc: "Unpack it from an archive. Give this or `bootstrap`.",
      optional: true,
      replaces: true,
    }),
  },
  outputs: {
    path: text({ doc: "Its folder.", stable: true }),
  },
});
