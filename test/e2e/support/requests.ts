import { Resolver } from "node:dns/promises";
import * as http from "node:http";
import * as https from "node:https";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import type { TLSSocket } from "node:tls";

/** Answers of one name server alone, as nobody else's cache or hosts file has them. */
export function nameServer(address: string): Resolver {
  const resolver = new Resolver({ timeout: 2_000, tries: 3 });
  resolver.setServers([address]);
  return resolver;
}

/** What a client of a site has: where it is, its name, and whom to trust. */
export interface SiteClient {
  address: string;
  hostname: string;
  /** Authority's certificate in PEM. */
  ca?: string;
}

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
  /** Common name of who signed the server's certificate. */
  issuer?: string;
}

const timeout = 10_000;

function options({ address, hostname, ca }: SiteClient, path: string, headers = {}) {
  return {
    host: address,
    servername: hostname,
    path,
    headers: { host: hostname, ...headers },
    ca: ca ?? [],
    agent: false,
    timeout,
  } satisfies https.RequestOptions;
}

function answerOf(request: http.ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", reject);
    request.on("response", (response) => {
      const certificate = (response.socket as TLSSocket).getPeerCertificate?.();
      text(response).then((body) => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, body, issuer: certificate?.issuer?.CN?.toString() });
      }, reject);
    });
    request.end();
  });
}

/** A page over HTTPS; fails unless the certificate is the hostname's and signed by the authority. */
export function fetchHttps(
  client: SiteClient,
  path = "/",
  headers: Record<string, string> = {},
): Promise<Answer> {
  return answerOf(https.request(options(client, path, headers)));
}

/** A page over plain HTTP, redirects not followed. */
export function fetchHttp(client: SiteClient & { port?: number }, path = "/"): Promise<Answer> {
  const { host, headers } = options(client, path);
  return answerOf(http.request({ host, port: client.port, path, headers, agent: false, timeout }));
}

/** Upgrades a connection to a websocket, sends a message and gives the first that comes back. */
export function websocketEcho(client: SiteClient, message: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" };
    const request = https.request(options(client, "/socket", headers));
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", reject);
    request.on("response", ({ statusCode }) =>
      reject(new Error(`answered ${statusCode} instead of an upgrade`)),
    );
    request.on("upgrade", (_response, socket: Duplex) => {
      socket.once("data", (data: Buffer) => {
        resolve(data.toString());
        socket.destroy();
      });
      socket.write(message);
    });
    request.end();
  });
}

/** A server that tells which headers it was asked with, and sends back what comes over an upgraded connection. */
export async function startEchoServer(address: string, port: number): Promise<http.Server> {
  const server = http.createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ headers: request.headers, from: request.socket.remoteAddress }));
  });
  server.on("upgrade", (request: http.IncomingMessage, socket: Duplex) => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${request.headers.upgrade}\r\n\r\n`,
    );
    socket.on("data", (data: Buffer) => socket.write(data));
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, resolve);
  });
  return server;
}
