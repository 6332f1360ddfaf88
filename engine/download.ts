import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { capture, lastLines } from "./capture";
import { pulumiVersion, type PluginVersion } from "./versions";

/** Where Pulumi publishes the CLI; each place holds the archives and the list of their checksums. */
const releasePlaces = [
  "https://get.pulumi.com/releases/sdk/",
  `https://github.com/pulumi/pulumi/releases/download/v${pulumiVersion}/`,
];

/** A server that does not answer within this time is taken for unreachable. */
const answerSeconds = 5;
/** For all of an archive, some 200 MB. */
const downloadSeconds = 600;

/** Whether there is a proxy to go through. Node's own fetch knows none before Node 24; curl does. */
function behindProxy(): boolean {
  return ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].some((name) => process.env[name]);
}

/** Fetches a URL into a new file. */
async function fetchFile(url: string, file: string, seconds: number): Promise<void> {
  try {
    if (behindProxy()) await curl(url, file, seconds);
    else await fetchDirectly(url, file, seconds);
  } catch (error) {
    throw new Error(`${url}: ${reason(error)}`, { cause: error });
  }
}

async function fetchDirectly(url: string, file: string, seconds: number): Promise<void> {
  const abort = new AbortController();
  const answered = setTimeout(() => {
    abort.abort(new Error(`no answer within ${answerSeconds} s`));
  }, answerSeconds * 1000);
  const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(seconds * 1000)]);
  try {
    const response = await fetch(url, { signal });
    clearTimeout(answered);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    await pipeline(Readable.fromWeb(response.body!), createWriteStream(file));
  } finally {
    clearTimeout(answered);
  }
}

async function curl(url: string, file: string, seconds: number): Promise<void> {
  const limits = ["--connect-timeout", String(answerSeconds), "--max-time", String(seconds)];
  const args = ["--fail", "--silent", "--show-error", "--location", ...limits, "--output", file];
  const { code, stderr } = await capture("curl", [...args, url], { seconds: seconds + 10 }).catch(
    () => {
      throw new Error("a proxy is set, and only curl can go through it: install curl");
    },
  );
  if (code !== 0) throw new Error(lastLines(stderr, 1));
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** The archive's name in Pulumi's releases, e.g. pulumi-v3.259.0-linux-x64.tar.gz. */
export function archiveName(platform: string, arch: string): string {
  return `pulumi-v${pulumiVersion}-${platform}-${arch}.tar.gz`;
}

/** The SHA-256 that a list in the format of sha256sum gives for a file. */
export function listedChecksum(list: string, file: string): string | undefined {
  for (const line of list.split("\n")) {
    const [sum, name] = line.trim().split(/\s+\*?/);
    if (name === file && /^[0-9a-f]{64}$/i.test(sum ?? "")) return sum!.toLowerCase();
  }
  return undefined;
}

/** Downloads the official CLI with its language hosts into a new folder; verifies its checksum. */
export async function downloadCli(into: string, places: readonly string[] = releasePlaces) {
  const reasons: string[] = [];
  for (const place of places) {
    try {
      await downloadFrom(place, into);
      return;
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
      await rm(into, { recursive: true, force: true });
    }
  }
  throw new Error(reasons.join("; "));
}

async function downloadFrom(place: string, into: string): Promise<void> {
  const name = archiveName(process.platform, process.arch);
  await mkdir(into, { recursive: true });
  const list = join(into, "checksums.txt");
  await fetchFile(`${place}pulumi-${pulumiVersion}-checksums.txt`, list, 30);
  const expected = listedChecksum(await readFile(list, "utf8"), name);
  if (expected === undefined) throw new Error(`${place} lists no checksum for ${name}`);

  const archive = join(into, name);
  await fetchFile(`${place}${name}`, archive, downloadSeconds);
  const hash = createHash("sha256");
  await pipeline(createReadStream(archive), hash);
  const actual = hash.digest("hex");
  if (actual !== expected) {
    throw new Error(`${place}${name} has checksum ${actual}, its list says ${expected}`);
  }
  const unpacked = await capture("tar", ["--no-same-owner", "-xzf", archive, "-C", into], {
    seconds: 300,
  });
  if (unpacked.code !== 0) throw new Error(`${name}: ${lastLines(unpacked.stderr, 2)}`);
  await rm(archive);
  // All of the archive is in a folder `pulumi`.
  const bin = `${into}.bin`;
  await rename(join(into, "pulumi"), bin);
  await rm(into, { recursive: true });
  await rename(bin, into);
}

/** Has the CLI install an official plugin; returns the folder it is in, below `home`. */
export async function downloadPlugin(
  pulumi: string,
  plugin: PluginVersion,
  home: string,
): Promise<string> {
  // The CLI tries five times; behind a firewall that drops packets each would take its time.
  const host = plugin.server ? new URL(plugin.server).host : "get.pulumi.com";
  if (!behindProxy()) await reach(host);
  const args = ["plugin", "install", "resource", plugin.name, plugin.version];
  if (plugin.server !== undefined) args.push("--server", plugin.server);
  const { code, stderr } = await capture(pulumi, args, {
    seconds: downloadSeconds,
    env: { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "1" },
  });
  if (code !== 0) throw new Error(lastLines(stderr, 1));
  return join(home, "plugins", `resource-${plugin.name}-v${plugin.version}`);
}

function reach(host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: 443, timeout: answerSeconds * 1000 });
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("timeout", () => {
      socket.destroy(new Error(`${host}: no answer within ${answerSeconds} s`));
    });
    socket.once("error", reject);
  });
}
