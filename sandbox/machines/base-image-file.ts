import * as fs from "node:fs/promises";

const clusterBytes = 65536;
const mark = "labwright base image\n";
/** Type of the header extension that carries the mark; readers skip types that they do not know. */
const extensionType = 0x4c415742;

/**
 * A qcow2 image that stands for the base image: well-formed, empty, and marked in a header
 * extension. A volume made from it boots the sandbox's machine; its content is the base image that
 * is shared by all. Format: qemu's docs/interop/qcow2.rst, version 2.
 */
export function renderBaseImageFile(virtualBytes: number): Buffer {
  const l1Entries = Math.ceil(virtualBytes / (clusterBytes * (clusterBytes / 8)));
  const [l1Cluster, refcountTableCluster, refcountBlockCluster, clusters] = [1, 2, 3, 4];
  const image = Buffer.alloc(clusters * clusterBytes);

  image.write("QFI\xfb", 0, "latin1");
  image.writeUInt32BE(2, 4);
  image.writeUInt32BE(Math.log2(clusterBytes), 20);
  image.writeBigUInt64BE(BigInt(virtualBytes), 24);
  image.writeUInt32BE(l1Entries, 36);
  image.writeBigUInt64BE(BigInt(l1Cluster * clusterBytes), 40);
  image.writeBigUInt64BE(BigInt(refcountTableCluster * clusterBytes), 48);
  image.writeUInt32BE(1, 56);
  const extension = 72;
  image.writeUInt32BE(extensionType, extension);
  image.writeUInt32BE(mark.length, extension + 4);
  image.write(mark, extension + 8, "latin1");

  image.writeBigUInt64BE(
    BigInt(refcountBlockCluster * clusterBytes),
    refcountTableCluster * clusterBytes,
  );
  for (let cluster = 0; cluster < clusters; cluster++) {
    image.writeUInt16BE(1, refcountBlockCluster * clusterBytes + cluster * 2);
  }
  return image;
}

/** Whether a file is the one that stands for the base image, as an image or inside an archive's start. */
export async function isBaseImageFile(file: string): Promise<boolean> {
  const handle = await fs.open(file);
  const head = Buffer.alloc(512);
  try {
    await handle.read(head, 0, head.length, 0);
  } finally {
    await handle.close();
  }
  return head.includes(mark, 0, "latin1");
}
