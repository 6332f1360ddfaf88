/**
 * Asks the demo lab what a person at home would: the lab's own name server for each site's address,
 * and each site over HTTPS through the lab's proxy, its certificate verified with the lab's CA.
 * Runs inside the lab's network; reads `{nameServer, sites, caCertificate}` as JSON from its standard input.
 */
import { Resolver } from "node:dns/promises";
import * as https from "node:https";
import type { TLSSocket } from "node:tls";
import { text } from "node:stream/consumers";

interface Questions {
  nameServer: string;
  sites: Record<string, string>;
  caCertificate: string;
}

interface Answer {
  status: number;
  body: string;
  issuer: string;
}

function get(url: URL, address: string, ca: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = https.get(
      {
        host: address,
        servername: url.hostname,
        path: url.pathname,
        headers: { host: url.host },
        ca,
      },
      (response) => {
        const certificate = (response.socket as TLSSocket).getPeerCertificate();
        text(response).then((body) => {
          resolve({
            status: response.statusCode ?? 0,
            body,
            issuer: String(certificate.issuer.CN),
          });
        }, reject);
      },
    );
    request.setTimeout(10_000, () => request.destroy(new Error("no answer within 10 s")));
    request.on("error", reject);
  });
}

async function main(): Promise<void> {
  const { nameServer, sites, caCertificate } = JSON.parse(await text(process.stdin)) as Questions;
  const resolver = new Resolver({ timeout: 2_000, tries: 3 });
  resolver.setServers([nameServer]);
  for (const site of Object.values(sites)) {
    const url = new URL(site);
    const [address] = await resolver.resolve4(url.hostname);
    if (!address) throw new Error(`${nameServer} gives no address for ${url.hostname}`);
    const { status, body, issuer } = await get(url, address, caCertificate);
    const title = /<title>(.*?)<\/title>/.exec(body)?.[1] ?? body.split("\n")[0];
    console.log(
      `  ${url.href.padEnd(28)} ${address.padEnd(12)} ${status}  "${title}"  (signed by ${issuer})`,
    );
    if (status !== 200) throw new Error(`${url.href} answered ${status}`);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
