import { open } from "node:fs/promises";

export interface ImageFile {
  format: "raw" | "qcow2" | "vmdk";
  /** Size of the disk that the image holds, in bytes. */
  sizeBytes: number;
}

/** `QFI\xfb`, the first four bytes of a qcow2 image; its virtual size is the 64-bit number at offset 24. */
const QCOW2_MAGIC = 0x514649fb;
const SECTOR = 512;

/** Looks at an image file: a qcow2 header, or the file's own length for everything else. */
export async function imageSize(file: string): Promise<ImageFile> {
  const handle = await open(file, "r");
  try {
    const header = Buffer.alloc(32);
    const { bytesRead } = await handle.read(header, 0, 32, 0);
    if (bytesRead === 32 && header.readUInt32BE(0) === QCOW2_MAGIC)
      return { format: "qcow2", sizeBytes: Number(header.readBigUInt64BE(24)) };
    const { size } = await handle.stat();
    return { format: "raw", sizeBytes: Math.ceil(size / SECTOR) * SECTOR };
  } finally {
    await handle.close();
  }
}
