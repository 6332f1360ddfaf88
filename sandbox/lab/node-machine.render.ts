export interface NodeSettings {
  address: string;
  /** Public SSH key that may log in as root. */
  authorizedKey: string;
  /** Path on the node of each storage, by its id. */
  storages: Record<string, string>;
}

export interface NodeFile {
  name: string;
  text: string;
  mode: number;
  folderMode?: number;
}

/** The files that make a machine the Proxmox node `pve1`. */
export function nodeFiles({ address, authorizedKey, storages }: NodeSettings): NodeFile[] {
  return [
    { name: "etc/hostname", text: "pve1\n", mode: 0o644 },
    {
      name: "etc/hosts",
      text: `127.0.0.1 localhost\n${address} pve1.home.arpa pve1\n`,
      mode: 0o644,
    },
    { name: "etc/cloud/cloud-init.disabled", text: "", mode: 0o644 },
    {
      name: "root/.ssh/authorized_keys",
      text: `${authorizedKey}\n`,
      mode: 0o600,
      folderMode: 0o700,
    },
    { name: "usr/sbin/pvesm", text: renderPvesm(storages), mode: 0o755 },
  ];
}

/**
 * What clients ask of Proxmox's storage manager over SSH: its version and where a volume's file is.
 * The version is that of Proxmox VE 9; the folders are pve-storage's for the type `dir`.
 */
export function renderPvesm(storages: Record<string, string>): string {
  const cases = Object.entries(storages).map(([id, folder]) => `    ${id}) root=${folder} ;;\n`);
  return `#!/bin/sh
set -eu
case "\${1:-}" in
apiinfo)
  printf 'APIVER 13\\nAPIAGE 4\\n'
  ;;
path)
  storage=\${2%%:*} volume=\${2#*:}
  case "$storage" in
${cases.join("")}    *) echo "storage '$storage' does not exist" >&2; exit 255 ;;
  esac
  case "$volume" in
    iso/*) file=template/$volume ;;
    vztmpl/*) file=template/cache/\${volume#vztmpl/} ;;
    backup/*) file=dump/\${volume#backup/} ;;
    snippets/* | import/*) file=$volume ;;
    *) file=images/$volume ;;
  esac
  printf '%s/%s\\n' "$root" "$file"
  ;;
*)
  echo "pvesm \${1:-}: the sandbox's node knows 'apiinfo' and 'path'; use the API for the rest" >&2
  exit 255
  ;;
esac
`;
}
