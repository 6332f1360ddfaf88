import * as fs from "node:fs/promises";

const clusterBytes = 65536;
/** What an image of the sandbox is marked with, by what a volume made from it is. */
const marks = { tree: "labwright base image\n", emulated: "labwright kernel image\n" } as const;

/** How a machine runs whose disk comes from an image: as a container, or emulated with a kernel of its own. */
export type ImageKind = keyof typeof marks;

/** Type of the header extension that carries the mark; readers skip types that they do not know. */
const extensionType = 0x4c415742;

/**
 * A qcow2 image that stands for the base image: well-formed, empty, and marked in a header
 * extension. A volume made from it boots the sandbox's machine; its content is the base image that
 * is shared by all. Format: qemu's docs/interop/qcow2.rst, version 2.
 */
export function renderBaseImageFile(virtualBytes: number, kind: ImageKind = "tree"): Buffer {
  const mark = marks[kind];
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

/** What machines made from a file are, if it is one of the sandbox's, as an image or inside an archive's start. */
export async function imageKind(file: string): Promise<ImageKind | undefined> {
  const handle = await fs.open(file);
  const head = Buffer.alloc(512);
  try {
    await handle.read(head, 0, head.length, 0);
  } finally {
    await handle.close();
  }
  const kinds = Object.keys(marks) as ImageKind[];
  return kinds.find((kind) => head.includes(marks[kind], 0, "latin1"));
}
