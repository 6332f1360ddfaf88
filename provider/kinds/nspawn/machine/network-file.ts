import { parseSettings, renderSettings } from "../settings-file";
import type { FileInputs } from "./nspawn-file";

/**
 * Where the container's own network configuration shows inside it. Not in /run: systemd-nspawn would make folders there that the root
 * of a container with users of its own may not write to. What is left of it later is an empty file, which networkd skips.
 */
export const NETWORK_FILE = "/etc/systemd/network/10-labwright.network";

type Addressing = Pick<FileInputs["network"], "address" | "gateway">;

/**
 * Configuration of the container's interface for its systemd-networkd (systemd.network(5)), whichever of nspawn's
 * interfaces that is. Undefined without an address: networkd then asks by DHCP. Pure.
 */
export function renderNetworkFile({ address, gateway }: Addressing): string | undefined {
  if (address === undefined) return undefined;
  return renderSettings([
    ["Match", [["Name", "host0 mv-* iv-*"]]],
    ["Network", [["Address", address], ...(gateway ? [["Gateway", gateway] as const] : [])]],
  ]);
}

/** What such a file says. Pure. */
export function parseNetworkFile(text: string): Addressing {
  const lines = Object.fromEntries(
    parseSettings(text).find(([name]) => name === "Network")?.[1] ?? [],
  );
  const { Address: address, Gateway: gateway } = lines as Record<string, string | undefined>;
  return { ...(address && { address }), ...(gateway && { gateway }) };
}
