/** What `ganesha.conf` is rendered from. */
export interface GaneshaConf {
  version3: boolean;
  graceSeconds: number;
  /** Parameters by block and name, in Ganesha's own words. */
  settings: Record<string, Record<string, string>>;
}

/** Folder with a file for each export. */
export const EXPORTS_FOLDER = "/etc/ganesha/exports.d";

/** Blocks and parameters that are set by arguments, all in lower case: Ganesha does not tell the cases apart. */
export const ownBlocks: readonly string[] = ["export", "export_defaults", "fsal", "client"];

/** Text of `/etc/ganesha/ganesha.conf`. Pure. */
export function renderGaneshaConf({ version3, graceSeconds, settings }: GaneshaConf): string {
  const protocols = version3 ? "3, 4" : "4";
  const blocks = new Map<string, [string, string][]>([
    [
      "NFS_CORE_PARAM",
      [
        ["Protocols", protocols],
        // Clients of version 3 ask for the same path as those of version 4.
        ["mount_path_pseudo", "true"],
        // Locks of version 3 and quotas need helpers of the kernel's NFS, which may not be there.
        ["Enable_NLM", version3 ? "true" : "false"],
        ["Enable_RQUOTA", "false"],
      ],
    ],
    [
      "NFSV4",
      [
        ["Graceless", graceSeconds === 0 ? "true" : "false"],
        ...(graceSeconds === 0 ? [] : [["Grace_Period", String(graceSeconds)] as [string, string]]),
        // Users go over the wire as numbers, as with the kernel's server and sec=sys.
        ["Only_Numeric_Owners", "true"],
      ],
    ],
    [
      "EXPORT_DEFAULTS",
      [
        // Nobody has access unless an export's CLIENT block gives it.
        ["Access_Type", "NONE"],
        ["Squash", "root_squash"],
        ["Anonymous_Uid", "65534"],
        ["Anonymous_Gid", "65534"],
        ["SecType", "sys"],
        ["Protocols", protocols],
        ["Transports", "TCP"],
      ],
    ],
  ]);
  for (const [block, parameters] of Object.entries(settings).sort(byName)) {
    const name = block.toUpperCase();
    const known = blocks.get(name) ?? [];
    blocks.set(name, [...known, ...Object.entries(parameters).sort(byName)]);
  }
  const text = [...blocks].map(
    ([block, parameters]) =>
      `${block} {\n${parameters.map(([name, value]) => `    ${name} = ${value};\n`).join("")}}\n`,
  );
  return `${text.join("\n")}\n%dir ${EXPORTS_FOLDER}\n`;
}

const byName = ([one]: [string, unknown], [other]: [string, unknown]) => (one < other ? -1 : 1);

/** Parameters that `renderGaneshaConf` writes itself, as `block.name` in lower case. */
export const ownParameters: readonly string[] = [
  "nfs_core_param.protocols",
  "nfs_core_param.mount_path_pseudo",
  "nfs_core_param.enable_nlm",
  "nfs_core_param.enable_rquota",
  "nfsv4.graceless",
  "nfsv4.grace_period",
  "nfsv4.only_numeric_owners",
];
