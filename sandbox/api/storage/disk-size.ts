const UNITS: Record<string, number> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** `4G` in bytes; undefined when the text is no size. */
export function parseDiskSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGT])?$/.exec(text);
  if (match === null) return undefined;
  return Math.floor(Number(match[1]) * (UNITS[match[2] ?? ""] ?? 1));
}

/** The largest unit that gives a whole number, as Proxmox VE prints it (0 is `0T`). */
export function printDiskSize(bytes: number): string {
  let [value, unit] = [bytes, ""];
  for (const next of ["K", "M", "G", "T"]) {
    if (value % 1024 !== 0) break;
    [value, unit] = [value / 1024, next];
  }
  return `${String(value)}${unit}`;
}

/** `1.0 GiB`, as qemu-img's progress is reported. */
export function printBinarySize(bytes: number): string {
  let [value, unit] = [bytes, "B"];
  for (const next of ["KiB", "MiB", "GiB", "TiB"]) {
    if (value < 1024) break;
    [value, unit] = [value / 1024, next];
  }
  return `${value.toFixed(1)} ${unit}`;
}

/** Images are whole KiB. */
export const roundUpToKiB = (bytes: number): number => Math.ceil(bytes / 1024) * 1024;
