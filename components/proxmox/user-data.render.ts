import { stringify } from "yaml";

/** A user that cloud-init makes. */
export interface UserDataUser {
  name: string;
  authorizedKeys: readonly string[];
  groups?: readonly string[];
  /** Whether they may become root without a password. */
  sudo?: boolean;
}

/** What cloud-init's user-data is rendered from. */
export interface UserData {
  hostName: string;
  /** Host name with domain. */
  fqdn?: string;
  users: readonly UserDataUser[];
  hostKey: { privateKey: string; publicKey: string };
  packages: readonly string[];
}

function renderUser(user: UserDataUser): Record<string, unknown> {
  return {
    name: user.name,
    lock_passwd: true,
    ...(user.name === "root" ? {} : { shell: "/bin/bash" }),
    ...(user.groups && user.groups.length > 0 ? { groups: [...user.groups] } : {}),
    ...(user.sudo ? { sudo: "ALL=(ALL) NOPASSWD:ALL" } : {}),
    ssh_authorized_keys: user.authorizedKeys.map((key) => key.trim()),
  };
}

/**
 * cloud-init's user-data, as `#cloud-config`. With a host key given in `ssh_keys`, cloud-init makes none of its own, so
 * the key that is pinned is the only one.
 */
export function renderUserData(data: UserData): string {
  const document = {
    hostname: data.hostName,
    ...(data.fqdn === undefined ? {} : { fqdn: data.fqdn }),
    manage_etc_hosts: "localhost",
    disable_root: !data.users.some((user) => user.name === "root"),
    ssh_pwauth: false,
    users: data.users.map(renderUser),
    ssh_keys: {
      ed25519_private: data.hostKey.privateKey,
      ed25519_public: data.hostKey.publicKey.trim(),
    },
    ...(data.packages.length === 0
      ? {}
      : { package_update: true, packages: [...data.packages].sort() }),
  };
  return `#cloud-config\n${stringify(document, { lineWidth: 0 })}`;
}
