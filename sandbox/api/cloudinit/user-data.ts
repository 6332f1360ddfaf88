import type { Options } from "../guests/config-file";

/** Host name and fully qualified name as Proxmox VE derives them from the guest's name and its search domain. */
export function hostNames(vmid: number, options: Options): { hostname: string; fqdn: string } {
  const name = options.name ?? `VM${String(vmid)}`;
  const hostname = name.split(".")[0] ?? name;
  if (name.includes(".")) return { hostname, fqdn: name };
  const domain = options.searchdomain;
  return { hostname, fqdn: domain === undefined ? name : `${name}.${domain}` };
}

/** Renders the cloud-config of a guest without `cicustom`. */
export function renderUserData(vmid: number, options: Options): string {
  const { hostname, fqdn } = hostNames(vmid, options);
  const lines = [
    "#cloud-config",
    `hostname: ${hostname}`,
    "manage_etc_hosts: true",
    `fqdn: ${fqdn}`,
  ];
  if (options.ciuser !== undefined) lines.push(`user: ${options.ciuser}`);
  // Without it the images' own disable_root locks out the one user there is.
  if (options.ciuser === "root") lines.push("disable_root: False");
  if (options.cipassword !== undefined) lines.push(`password: ${options.cipassword}`);
  const keys = decodeURIComponent(options.sshkeys ?? "")
    .split("\n")
    .map((key) => key.trim())
    .filter((key) => key !== "");
  if (keys.length > 0) lines.push("ssh_authorized_keys:", ...keys.map((key) => `  - ${key}`));
  lines.push("chpasswd:", "  expire: False", "users:", "  - default");
  if (options.ciupgrade !== "0") lines.push("package_upgrade: true");
  return `${lines.join("\n")}\n`;
}
