import { allOptions, type MountText } from "./units.render";

/** fstab(5) decodes these; a mark at the start of a line would make a comment of it. */
export function escapeField(text: string): string {
  return text.replace(
    /[\s\\#]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
}

/** The comment over a line that is ours. Pure. */
export const fstabMark = (where: string): string => `# labwright: ${escapeField(where)}`;

/** The line of /etc/fstab for a mount, `noauto` when it is not to be mounted. Pure. */
export function renderFstabLine(mount: MountText, mounted: boolean): string {
  const options = allOptions(mount) + (mounted ? "" : ",noauto");
  return [
    escapeField(mount.what),
    escapeField(mount.where),
    mount.type,
    escapeField(options),
    "0 0",
  ].join(" ");
}

/** What a line of ours says; timeouts and automount are not in it. Pure. */
export function parseFstabLine(
  line: string,
): Pick<MountText, "what" | "type" | "options" | "network"> & { noauto: boolean } {
  const [what = "", , type = "", written = ""] = line.trim().split(/\s+/).map(unescapeField);
  const options = written.split(",").filter(Boolean);
  return {
    what,
    type,
    options: options.filter((option) => !["nofail", "_netdev", "noauto"].includes(option)),
    network: options.includes("_netdev"),
    noauto: options.includes("noauto"),
  };
}

function unescapeField(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(parseInt(octal, 8)),
  );
}
