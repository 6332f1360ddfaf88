import { defineKind, flag, text } from "../../../schema";

/** An installed package of the host's distribution. */
export const packageSchema = defineKind("labwright:host:Package", {
  doc:
    "An installed package of the host's distribution (apt, apk, dnf, pacman). One that was there before is used as it is, " +
    "and stays when this resource is deleted; so does one that other packages need. Packages that it merely recommends are not " +
    "installed. The lists of apt are fetched anew when they are older than a day.",
  inputs: {
    name: text({ doc: "Name of the package, as the distribution calls it.", replaces: true }),
    version: text({
      doc: "Exact version, as the package manager prints it. Left out: the newest at the time of installing, then left alone.",
      optional: true,
    }),
    purge: flag({
      doc: "Delete its configuration files too when it is removed, where the package manager knows the difference (apt). Default false.",
      default: false,
    }),
  },
  outputs: {
    installedVersion: text({ doc: "The version that is installed." }),
  },
});
