import { spawn } from "node:child_process";
import { createHash, randomInt } from "node:crypto";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { withFileLock } from "../../engine/file-lock";
import type { ProcessIdentity } from "../machines/processes";
import { identify, isAlive, signal } from "../machines/processes";
import { hostAptProxy } from "./apt-configuration";
import { networkExists } from "./network";
import type { Sandbox } from "./sandbox";

/**
 * The package cache: one apt-cacher-ng for all sandboxes of a cache folder, since two must not share
 * one. It listens on the host's loopback at a free port; socat makes that a UNIX socket, which can be
 * reached from any network namespace. The last sandbox to leave stops it.
 */
export class PackageCache {
  private readonly folder: string;
  readonly socket: string;
  private readonly ownSocket: string;

  constructor(cacheDir: string) {
    this.folder = path.join(cacheDir, "packages");
    const key = createHash("sha256").update(this.folder).digest("hex").slice(0, 6);
    this.socket = `/run/labwright/packages-${key}.sock`;
    this.ownSocket = `/run/labwright/apt-cacher-ng-${key}.sock`;
  }

  /** Starts it if it does not run, and keeps it running for a sandbox. */
  async join(sandbox: Sandbox): Promise<void> {
    await this.locked(async () => {
      fs.mkdirSync(this.path("users"), { recursive: true });
      fs.writeFileSync(this.path("users", sandbox.id), sandbox.dir);
      if (await this.answers()) return;
      await this.start();
    });
  }

  async leave(sandbox: Sandbox): Promise<void> {
    if (!fs.existsSync(this.folder)) return;
    await this.locked(async () => {
      fs.rmSync(this.path("users", sandbox.id), { force: true });
      const users = fs.existsSync(this.path("users")) ? fs.readdirSync(this.path("users")) : [];
      for (const id of users) {
        // A sandbox whose network is gone was not taken down but lost, with a reboot say.
        if (await networkExists(id)) return;
        fs.rmSync(this.path("users", id), { force: true });
      }
      await this.stop();
    });
  }

  /** Whether something answers on the socket. */
  answers(): Promise<boolean> {
    return connects({ path: this.socket });
  }

  private async start(): Promise<void> {
    await this.stop();
    for (const name of ["conf", "cache", "log"]) fs.mkdirSync(this.path(name), { recursive: true });
    fs.mkdirSync(path.dirname(this.socket), { recursive: true });
    const port = await freePort();
    fs.writeFileSync(this.path("conf", "acng.conf"), this.renderConfig(port, await hostAptProxy()));
    // It needs none of root's capabilities to fetch and keep files.
    this.spawn(["apt-cacher-ng", "-c", this.path("conf")]);
    this.spawn(["socat", `UNIX-LISTEN:${this.socket},fork,mode=600`, `TCP:127.0.0.1:${port}`]);
    const deadline = Date.now() + 10_000;
    while (!((await connects({ host: "127.0.0.1", port })) && (await this.answers()))) {
      if (Date.now() > deadline) {
        const said = fs.readFileSync(this.path("log", "output"), "utf8").trim();
        await this.stop();
        throw new Error(`the package cache (apt-cacher-ng) did not start: ${said || "no message"}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Starts a program that outlives this process, and notes it for {@link stop}. */
  private spawn(argv: string[]): void {
    const log = fs.openSync(this.path("log", "output"), "a");
    const child = spawn("setpriv", ["--no-new-privs", "--bounding-set=-all", "--", ...argv], {
      detached: true,
      stdio: ["ignore", log, log],
      cwd: "/",
    });
    fs.closeSync(log);
    child.unref();
    const processes = this.processes();
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (identity) processes.push(identity);
    fs.writeFileSync(this.path("processes.json"), JSON.stringify(processes));
  }

  private processes(): ProcessIdentity[] {
    const file = this.path("processes.json");
    if (!fs.existsSync(file)) return [];
    return JSON.parse(fs.readFileSync(file, "utf8")) as ProcessIdentity[];
  }

  private async stop(): Promise<void> {
    const processes = this.processes();
    for (const process of processes) signal(process, "SIGTERM");
    const deadline = Date.now() + 5_000;
    while (processes.some(isAlive)) {
      if (Date.now() > deadline) for (const process of processes) signal(process, "SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    fs.rmSync(this.path("processes.json"), { force: true });
    fs.rmSync(this.path("log", "output"), { force: true });
    for (const socket of [this.socket, this.ownSocket]) fs.rmSync(socket, { force: true });
    const folder = path.dirname(this.socket);
    if (fs.existsSync(folder) && fs.readdirSync(folder).length === 0) fs.rmdirSync(folder);
  }

  /** Manual: apt-cacher-ng(8) and the comments of its own acng.conf. */
  private renderConfig(port: number, proxy: string): string {
    const settings: Record<string, string> = {
      CacheDir: this.path("cache"),
      LogDir: this.path("log"),
      SupportDir: "/usr/lib/apt-cacher-ng",
      Port: String(port),
      BindAddress: "127.0.0.1",
      // Not used, but made in any case, and its default is a system service's.
      SocketPath: this.ownSocket,
      ForeGround: "1",
      ReportPage: "",
      ExThreshold: "30",
    };
    if (proxy) settings.Proxy = proxy;
    return Object.entries(settings)
      .map(([name, value]) => `${name}: ${value}\n`)
      .join("");
  }

  private path(...parts: string[]): string {
    return path.join(this.folder, ...parts);
  }

  private locked(work: () => Promise<void>): Promise<void> {
    return withFileLock(path.join(this.folder, "lock"), () => undefined, work);
  }
}

function connects(target: net.NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.connect(target);
    probe.on("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.on("error", () => {
      resolve(false);
    });
  });
}

/** A free port of the loopback below 32768: apt-cacher-ng cannot be given a higher one. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    const free = await new Promise<boolean>((resolve) => {
      const server = net.createServer();
      server.on("error", () => {
        resolve(false);
      });
      server.listen(port, "127.0.0.1", () =>
        server.close(() => {
          resolve(true);
        }),
      );
    });
    if (free) return port;
  }
}
