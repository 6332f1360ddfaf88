import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { CloudInitSeed } from "../hypervisor";

/**
 * Gives a machine the seed of cloud-init's NoCloud data source where it looks first, in place of a
 * drive. Without a seed the folder is taken away, as when the drive is.
 */
export async function placeSeed(upper: string, seed: CloudInitSeed | undefined): Promise<void> {
  const folder = path.join(upper, "var/lib/cloud/seed/nocloud");
  await fs.rm(folder, { recursive: true, force: true });
  if (seed) await writeSeedFiles(folder, seed);
}

/** Writes a seed as the files of the NoCloud data source, for root alone. */
export async function writeSeedFiles(folder: string, seed: CloudInitSeed): Promise<void> {
  await fs.mkdir(folder, { recursive: true });
  const files = {
    "user-data": seed.userData,
    "meta-data": seed.metaData,
    "network-config": seed.networkConfig,
    "vendor-data": seed.vendorData ?? "",
  };
  for (const [name, text] of Object.entries(files)) {
    // User data may hold private host keys and passwords.
    await fs.writeFile(path.join(folder, name), text, { mode: 0o600 });
  }
}
