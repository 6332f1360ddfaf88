import type { OwnInputsOf } from "../../../schema";
import type { mountSchema } from "./schema";

/** What the units of a mount say. */
export type MountText = Omit<OwnInputsOf<typeof mountSchema>, "mounted">;

/** systemd.unit(5): a percent sign begins a specifier unless it is doubled. */
const literal = (text: string) => text.replaceAll("%", "%%");

/** All options of a mount: those given, and what keeps a boot from hanging. */
export function allOptions({ options, network }: Pick<MountText, "options" | "network">): string {
  return [...options, ...(network ? ["_netdev"] : []), "nofail"].join(",");
}

const targetOf = ({ network }: Pick<MountText, "network">) =>
  network ? "remote-fs.target" : "local-fs.target";

/** Text of the `.mount` unit (systemd.mount(5)). Pure. */
export function renderMountUnit(mount: MountText): string {
  const network = "Wants=network-online.target\nAfter=network-online.target\n";
  return `[Unit]
Description=${literal(mount.where)}
${mount.network ? network : ""}
[Mount]
What=${literal(mount.what)}
Where=${literal(mount.where)}
Type=${mount.type}
Options=${literal(allOptions(mount))}
TimeoutSec=${mount.timeoutSeconds}

[Install]
WantedBy=${targetOf(mount)}
`;
}

/** Text of the `.automount` unit (systemd.automount(5)). Pure. */
export function renderAutomountUnit(mount: MountText): string {
  return `[Unit]
Description=${literal(mount.where)}

[Automount]
Where=${literal(mount.where)}
TimeoutIdleSec=${mount.idleTimeoutSeconds}

[Install]
WantedBy=${targetOf(mount)}
`;
}
