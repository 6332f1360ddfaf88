import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Where the recorded downloads came from. */
export const RECORDED_SERVER = "192.0.2.1:8899";

const FEATURES: [number, number, string][] = [
  [0, 0, "dirty bit"],
  [0, 1, "corrupt bit"],
  [0, 2, "external data file"],
  [0, 3, "compression type"],
  [0, 4, "extended L2 entries"],
  [1, 0, "lazy refcounts"],
  [2, 0, "bitmaps"],
  [2, 1, "raw external data"],
];

/** An empty qcow2 image of 64 MiB, byte for byte what `qemu-img create -f qcow2 FILE 64M` makes: its digest is recorded. */
export function emptyImage(): Buffer {
  const image = Buffer.alloc(196616);
  const header = [
    0x514649fb,
    3,
    0,
    0,
    0,
    16,
    0,
    64 * 1024 ** 2,
    0,
    1,
    0,
    0x30000,
    0,
    0x10000,
    1,
    0,
    0,
    0,
  ];
  header.push(0, 0, 0, 0, 0, 0, 4, 112, 0, 0);
  header.forEach((value, i) => image.writeUInt32BE(value, 4 * i));
  image.writeUInt32BE(0x6803f857, 112);
  image.writeUInt32BE(48 * FEATURES.length, 116);
  FEATURES.forEach(([type, bit, name], i) => {
    const at = 120 + 48 * i;
    image.writeUInt8(type, at);
    image.writeUInt8(bit, at + 1);
    image.write(name, at + 2, "latin1");
  });
  image.writeUInt32BE(0x20000, 0x10004);
  [1, 1, 1, 1].forEach((count, i) => image.writeUInt16BE(count, 0x20000 + 2 * i));
  return image;
}

const FILES: Record<string, { type: string; content: Buffer }> = {
  "/img.qcow2": { type: "application/octet-stream", content: emptyImage() },
  "/a.iso": { type: "application/x-iso9660-image", content: Buffer.alloc(40000, "x") },
};

/** Serves the recorded files on loopback. */
export async function startImageServer(): Promise<{ host: string; close(): void }> {
  const server = createServer((request, response) => {
    const file = FILES[request.url ?? ""];
    if (file === undefined) {
      response.writeHead(404, "File not found");
      response.end();
      return;
    }
    response.writeHead(200, { "Content-Type": file.type, "Content-Length": file.content.length });
    response.end(request.method === "HEAD" ? undefined : file.content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${String(port)}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
