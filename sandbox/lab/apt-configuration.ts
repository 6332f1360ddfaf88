import * as fs from "node:fs";
import * as path from "node:path";
import { command } from "../command";
import type { AptSource, AptSourcesFile } from "./apt-sources";
import { debianSources } from "./apt-sources";

/** The Debian mirror of this host, from its own apt sources; an error when it has none for the release. */
export function hostSources(release: string, root = "/"): AptSource[] {
  const folder = path.join(root, "etc/apt/sources.list.d");
  const parts = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  const files: AptSourcesFile[] = [
    path.join(root, "etc/apt/sources.list"),
    ...parts
      .filter((name) => /\.(list|sources)$/.test(name))
      .map((name) => path.join(folder, name)),
  ]
    .filter((file) => fs.existsSync(file))
    .map((file) => ({ path: file, text: fs.readFileSync(file, "utf8") }));
  const sources = debianSources(files, release);
  if (!sources.some(({ suite }) => suite === release)) {
    throw new Error(
      `this host's apt sources have no Debian mirror for ${release} main; ` +
        `add one to /etc/apt/sources.list: deb http://mirror.example.net/debian ${release} main`,
    );
  }
  return sources.map((source) => ({ ...source, uri: resolveMirrorList(source.uri, root) }));
}

/** Debian's cloud images name a file with mirrors in place of a mirror. */
function resolveMirrorList(uri: string, root: string): string {
  const file = /^mirror\+file:(\/.*)$/.exec(uri)?.[1];
  if (file === undefined) return uri;
  const lines = fs.readFileSync(path.join(root, file), "utf8").split("\n");
  const mirror = lines
    .map((line) => line.trim().split(/\s/)[0] ?? "")
    .find((line) => /^https?:/.test(line));
  if (!mirror) throw new Error(`${file}, named in this host's apt sources, has no http mirror`);
  return mirror;
}

/** The proxy that this host's apt uses, for the package cache to use as well; empty when none. */
export async function hostAptProxy(): Promise<string> {
  const shell = await command("apt-config", ["shell", "PROXY", "Acquire::http::Proxy"]);
  const configured = /PROXY='(.*)'/.exec(shell)?.[1] ?? "";
  const proxy = configured || (process.env.http_proxy ?? "");
  return proxy === "DIRECT" ? "" : proxy;
}
