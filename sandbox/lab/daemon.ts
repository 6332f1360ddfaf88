import * as fs from "node:fs";
import * as http from "node:http";
import * as net from "node:net";
import * as path from "node:path";
import { cacheFolder } from "../../engine";
import { startApi } from "../api";
import { renderBaseImageFile, type ImageKind } from "../machines/base-image-file";
import { LabHypervisor } from "../machines/lab-hypervisor";
import { identify } from "../machines/processes";
import { ApiClient } from "./api-client";
import { readCredentials } from "./credentials";
import { daemonFile, nodeStorages } from "./daemon-process";
import { writeKnownHosts } from "./known-hosts";
import { requireKernelBase } from "./kernel-machines";
import { network } from "./network";
import { ensurePhysicalDisks } from "../machines/physical-disks";
import { nodeDisks, nodeRunDir } from "./node-machine";
import { PackageCache } from "./package-cache";
import { sandboxAt, type Sandbox } from "./sandbox";
import { seedLab } from "./seed";

/** Names under which the lab's images can be downloaded: for virtual machines and for containers. */
const images: Record<string, ImageKind> = {
  "debian-12.qcow2": "tree",
  "debian-12-kernel.qcow2": "emulated",
  "debian-12-standard_12_amd64.tar.zst": "tree",
};
const imageBytes = 2 * 2 ** 30;

/**
 * The sandbox's own process, in the lab's network namespace: the Proxmox API, the web server with
 * the images and the way to the package cache. Arguments: the sandbox directory, the base image.
 */
async function main(directory: string, base: string): Promise<void> {
  const sandbox = sandboxAt(directory);
  const credentials = readCredentials(sandbox);
  for (const folder of [sandbox.imagesDir, sandbox.volumesDir, sandbox.machinesDir]) {
    fs.mkdirSync(folder, { recursive: true });
  }
  for (const [name, kind] of Object.entries(images)) {
    fs.writeFileSync(path.join(sandbox.imagesDir, name), renderBaseImageFile(imageBytes, kind));
  }
  await serveImages(sandbox.imagesDir);
  await relayPackages(new PackageCache(cacheFolder()).socket);

  const hypervisor = new LabHypervisor({
    id: sandbox.id,
    netns: sandbox.netns,
    base,
    kernelBase: () => requireKernelBase(sandbox),
    physicalDisks: await ensurePhysicalDisks(sandbox.disksDir, nodeDisks),
    volumesDir: sandbox.volumesDir,
    runDir: sandbox.machinesDir,
  });
  const api = await startApi({
    listen: { address: network.node, port: 8006 },
    stateDir: sandbox.apiDir,
    node: {
      name: "pve1",
      address: network.node,
      prefix: network.prefix,
      gateway: network.gateway,
    },
    storages: nodeStorages,
    bridge: network.bridge,
    tokens: [credentials.apiToken, credentials.limitedToken].map((token) => {
      const [id = "", secret = ""] = token.split("=");
      return { id, secret };
    }),
    passwords: { "root@pam": credentials.password },
    hypervisor,
    log: (line) => {
      process.stdout.write(`${new Date().toISOString()} ${line}\n`);
    },
  });
  await nodeAnswers(sandbox);
  await seedLab(new ApiClient(network.node, credentials.apiToken), sandbox);

  writeKnownHosts(sandbox);
  setInterval(() => {
    writeKnownHosts(sandbox);
  }, 500);
  const stop = (): void => {
    void api.close().finally(() => process.exit(0));
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  fs.writeFileSync(`${daemonFile(sandbox)}.new`, JSON.stringify(identify(process.pid)));
  fs.renameSync(`${daemonFile(sandbox)}.new`, daemonFile(sandbox));
}

/** http://10.77.0.1/images/NAME, as a mirror of cloud images would serve them. */
function serveImages(folder: string): Promise<void> {
  const server = http.createServer((request, response) => {
    const name = /^\/images\/([A-Za-z0-9._-]+)$/.exec(request.url ?? "")?.[1];
    const file = name === undefined ? undefined : path.join(folder, name);
    if (
      file === undefined ||
      !fs.existsSync(file) ||
      !["GET", "HEAD"].includes(request.method ?? "")
    ) {
      response.writeHead(404).end("not found\n");
      return;
    }
    response.writeHead(200, {
      "content-type": "application/octet-stream",
      "content-length": fs.statSync(file).size,
    });
    if (request.method === "HEAD") response.end();
    else fs.createReadStream(file).pipe(response);
  });
  return listen(server, 80);
}

/** The package cache listens on a UNIX socket outside; from here it is http://10.77.0.1:3142. */
function relayPackages(socket: string): Promise<void> {
  const server = net.createServer({ allowHalfOpen: true }, (client) => {
    const cache = net.connect({ path: socket, allowHalfOpen: true });
    client.pipe(cache).pipe(client);
    client.on("error", () => cache.destroy());
    cache.on("error", () => client.destroy());
  });
  return listen(server, 3142);
}

/** Clients put snippets on the node over SSH, so the lab is not up before its sshd is. */
async function nodeAnswers(sandbox: Sandbox): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answers = await new Promise<boolean>((resolve) => {
      const probe = net.connect({ host: network.node, port: 22 });
      probe.on("error", () => {
        resolve(false);
      });
      probe.on("connect", () => {
        probe.destroy();
        resolve(true);
      });
    });
    if (answers) return;
    if (Date.now() > deadline) {
      const said = fs.readFileSync(path.join(nodeRunDir(sandbox), "console.log"), "utf8");
      throw new Error(
        `sshd of the node pve1 does not answer; its console ends:\n${said.slice(-2000)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function listen(server: net.Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(port, network.gateway, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

const [directory, base] = process.argv.slice(2);
if (directory === undefined || base === undefined) throw new Error("usage: daemon DIRECTORY BASE");
main(directory, base).catch((error: unknown) => {
  console.error(error instanceof Error ? error.stack : error);
  process.exit(1);
});
