import { X509Certificate } from "node:crypto";
import { mkdirSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { serverCertificate } from "./http/certificate";
import { dispatch } from "./http/dispatch";
import { PveNode } from "./node";
import type { ApiOptions } from "./options";
import { removeHalfMade, startOnBoot } from "./node-boot";
import { onGuestExit } from "./qemu/power";
import { Router } from "./router";
import { ROUTES } from "./routes";

export interface RunningApi {
  /** `https://ADDRESS:PORT`. */
  url: string;
  port: number;
  /** SHA-256 of the certificate, with colons. */
  fingerprint: string;
  /** The certificate, for clients that check it. */
  certificatePem: string;
  /** Lets running tasks end, closes connections, keeps the state. */
  close(): Promise<void>;
}

/**
 * Starts the API of a Proxmox VE node, and the guests that are to start with the node.
 *
 * Errors: the address is in use, openssl is missing, the state folder cannot be written.
 */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const { listen, stateDir, log = () => undefined } = options;
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const name = options.node?.name ?? "pve1";
  const addresses = [listen.address, options.node?.address].filter(
    (address) => address !== undefined,
  );
  const certificate = await serverCertificate(path.join(stateDir, "priv"), name, addresses);
  const fingerprint = new X509Certificate(certificate.cert).fingerprint256;
  const node = new PveNode(options, certificate.key, fingerprint);
  node.hypervisor.onExit((vmid, reboot) => {
    onGuestExit(node, vmid, reboot, log);
  });
  await removeHalfMade(node, log);
  const router = new Router(ROUTES);
  const server = createServer(certificate, (request, response) => {
    response.on("finish", () => {
      log(`${request.method ?? ""} ${request.url ?? ""} ${String(response.statusCode)}`);
    });
    void dispatch(node, router, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(listen.port, listen.address, resolve);
  });
  startOnBoot(node);
  const { port } = server.address() as AddressInfo;
  const host = listen.address.includes(":") ? `[${listen.address}]` : listen.address;
  return {
    url: `https://${host}:${String(port)}`,
    port,
    fingerprint,
    certificatePem: certificate.cert,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      await node.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
