import * as fs from "node:fs";
import type { Progress } from "../../engine";
import { stopLab } from "./down";
import { requireSandboxFolder, type Sandbox } from "./sandbox";
import { exclusively } from "./exclusively";
import { bringUp } from "./up";

/**
 * Empties the lab: all guests, disks, files and Pulumi state go, and it comes back as new. The
 * network, the SSH key, the tokens and the passphrase stay, so what runs in the lab's network can go on.
 */
export async function resetLab(sandbox: Sandbox, progress: Progress): Promise<void> {
  requireSandboxFolder(sandbox);
  await exclusively(sandbox, progress, async () => {
    progress.step("Emptying the lab");
    await stopLab(sandbox);
    const folders = [
      sandbox.apiDir,
      sandbox.volumesDir,
      sandbox.disksDir,
      sandbox.nodeDir,
      sandbox.runDir,
      sandbox.stateDir,
    ];
    for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(sandbox.stateDir, { recursive: true });
    progress.done();
  });
  await bringUp(sandbox, progress);
}
