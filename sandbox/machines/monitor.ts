import { JsonPeer } from "./json-peer";

/** Name of the monitor's socket in the folder of a run. */
export const monitorSocket = "monitor";

/** Asks QEMU's monitor (QEMU's docs/interop/qmp-spec.txt), one conversation for all that `talk` does. */
export async function withMonitor<T>(
  runDir: string,
  talk: (peer: JsonPeer) => Promise<T>,
): Promise<T> {
  const peer = await JsonPeer.connect(runDir, monitorSocket);
  try {
    await peer.next(10_000, "no greeting of QEMU's monitor");
    await peer.ask("qmp_capabilities");
    return await talk(peer);
  } finally {
    peer.close();
  }
}
