import * as fs from "node:fs/promises";
import { command } from "../command";

/** Makes a block device of a file. */
export async function attachLoop(file: string): Promise<string> {
  // A node that the kernel just made may not have reached /dev on a host without udev.
  const free = (await command("losetup", ["--find"])).trim();
  const minor = Number(/^\/dev\/loop(\d+)$/.exec(free)?.[1]);
  const present = await fs.access(free).then(
    () => true,
    () => false,
  );
  if (!present) await command("mknod", [free, "b", "7", String(minor)]);
  return (await command("losetup", ["--find", "--show", "--nooverlap", "--", file])).trim();
}

/** Takes up a new size of the file. */
export async function refreshLoops(file: string): Promise<void> {
  for (const { device, backing } of await loopDevices()) {
    if (backing === file) await command("losetup", ["--set-capacity", device]);
  }
}

/** Lets go of the devices made of files below a folder, or of one file. Fine when there is none. */
export async function detachLoops(below: string): Promise<void> {
  for (const { device, backing } of await loopDevices()) {
    if (backing === below || backing.startsWith(`${below}/`)) {
      await command("losetup", ["--detach", device]);
    }
  }
}

export async function loopDevices(): Promise<{ device: string; backing: string }[]> {
  const text = await command("losetup", ["--list", "--json", "--output", "NAME,BACK-FILE"]);
  if (text.trim() === "") return [];
  const list = JSON.parse(text) as { loopdevices: { name: string; "back-file": string | null }[] };
  return list.loopdevices.map((entry) => ({
    device: entry.name,
    backing: (entry["back-file"] ?? "").replace(/ \(deleted\)$/, ""),
  }));
}
