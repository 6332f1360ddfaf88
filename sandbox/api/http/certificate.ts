import { execFile } from "node:child_process";
import { mkdir, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

export interface ServerCertificate {
  key: string;
  cert: string;
}

/**
 * The node's self-signed certificate: made once with openssl and kept in the state folder, so that clients may pin it.
 * Errors: openssl is missing or fails.
 */
export async function serverCertificate(
  folder: string,
  node: string,
  addresses: string[],
): Promise<ServerCertificate> {
  const keyFile = path.join(folder, "pve-ssl.key");
  const certFile = path.join(folder, "pve-ssl.pem");
  const read = async (): Promise<ServerCertificate> => ({
    key: await readFile(keyFile, "utf8"),
    cert: await readFile(certFile, "utf8"),
  });
  try {
    return await read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = [node, "localhost"].map((name) => `DNS:${name}`);
  const ips = [...new Set([...addresses, "127.0.0.1"])].map((address) => `IP:${address}`);
  const subject = `/O=Proxmox Virtual Environment/CN=${node}`;
  const output = ["-keyout", `${keyFile}.new`, "-out", `${certFile}.new`];
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-days", "3650"];
  const extension = ["-addext", `subjectAltName=${[...names, ...ips].join(",")}`];
  try {
    await promisify(execFile)("openssl", [...request, "-subj", subject, ...extension, ...output]);
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(
      `Cannot make the API's certificate with openssl: ${stderr?.trim() || message}`,
      {
        cause: error,
      },
    );
  }
  await rename(`${certFile}.new`, certFile);
  await rename(`${keyFile}.new`, keyFile);
  return read();
}
