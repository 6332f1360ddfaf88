import * as fs from "node:fs";

const releases = ["bookworm", "trixie"];

/** Debian's name of this host's release, or what is wrong with it. */
export function debianRelease(file = "/etc/os-release"): string | { problem: string } {
  const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  const field = (name: string): string =>
    new RegExp(`^${name}="?([^"\n]*)"?$`, "m").exec(text)?.[1] ?? "";
  const release = field("VERSION_CODENAME");
  if (field("ID") === "debian" && releases.includes(release)) return release;
  const name = field("PRETTY_NAME") || "not known";
  return { problem: `the system is ${name}: use Debian 12 (bookworm) or 13 (trixie)` };
}
