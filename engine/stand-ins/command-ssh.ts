import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How to reach a host, as `remote.Command` is told. */
export interface Endpoint {
  host: string;
  port?: number;
  user?: string;
  hostKey?: string;
  privateKey?: string;
  password?: string;
  privateKeyPassword?: string;
  agentSocketPath?: string;
  dialErrorLimit?: number;
  perDialTimeout?: number;
}

export interface Connection extends Endpoint {
  proxy?: Endpoint;
}

/** What to run there. */
export interface Run {
  command: string;
  stdin?: string;
  environment: Record<string, string>;
}

export interface Output {
  stdout: string;
  stderr: string;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The words of OpenSSH's command to one endpoint, with its files in a folder of their own. Pure. */
export function sshWords(endpoint: Endpoint, name: string, folder: string): string[] {
  const type = endpoint.hostKey?.trim().split(/\s+/)[0] ?? "";
  const options: Record<string, string> = {
    BatchMode: "yes",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: join(folder, `${name}.known`),
    GlobalKnownHostsFile: "none",
    HostKeyAlias: name,
    HostKeyAlgorithms: type === "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : type,
    UpdateHostKeys: "no",
    ConnectTimeout: String(endpoint.perDialTimeout ?? 15),
    ControlPath: "none",
    LogLevel: "ERROR",
    ...(endpoint.privateKey !== undefined && {
      IdentityFile: join(folder, `${name}.key`),
      IdentitiesOnly: "yes",
      IdentityAgent: "none",
    }),
    ...(endpoint.agentSocketPath !== undefined && { IdentityAgent: endpoint.agentSocketPath }),
  };
  return [
    "ssh",
    "-F",
    "none",
    ...Object.entries(options).flatMap(([option, value]) => ["-o", `${option}=${value}`]),
    "-p",
    String(endpoint.port ?? 22),
    "-l",
    endpoint.user ?? "root",
  ];
}

/** A folder that only this user can look into, in memory where there is such a place. */
function privateFolder(): string {
  for (const base of [process.env.XDG_RUNTIME_DIR, "/dev/shm"]) {
    if (!base) continue;
    try {
      accessSync(base, constants.W_OK);
      return mkdtempSync(join(base, "labwright-command-"));
    } catch {
      // the next one
    }
  }
  return mkdtempSync(join(tmpdir(), "labwright-command-"));
}

function writeFiles(endpoint: Endpoint, name: string, folder: string): void {
  const [type, key] = (endpoint.hostKey ?? "").trim().split(/\s+/);
  writeFileSync(join(folder, `${name}.known`), `${name} ${type} ${key}\n`, { mode: 0o600 });
  if (endpoint.privateKey === undefined) return;
  const text = `${endpoint.privateKey.trim().replaceAll("\r\n", "\n")}\n`;
  writeFileSync(join(folder, `${name}.key`), text, { mode: 0o600 });
}

/** Runs a command on a host over a connection of its own, which it tries for several times. */
export async function runOver(connection: Connection, run: Run): Promise<Output> {
  const folder = privateFolder();
  try {
    writeFiles(connection, "host", folder);
    const words = sshWords(connection, "host", folder);
    const { proxy } = connection;
    if (proxy) {
      writeFiles(proxy, "proxy", folder);
      const through = [
        ...sshWords(proxy, "proxy", folder),
        "-W",
        `[${connection.host}]:${connection.port ?? 22}`,
        "--",
        proxy.host,
      ];
      // OpenSSH expands % in this text.
      words.push("-o", `ProxyCommand=exec ${through.map(quote).join(" ").replaceAll("%", "%%")}`);
    }
    // Values travel in the environment: an argument would be seen by every user of this machine.
    for (const name of Object.keys(run.environment)) words.push("-o", `SendEnv=${name}`);
    const limit = connection.dialErrorLimit ?? 10;
    for (let tries = 1; ; tries++) {
      const { code, stdout, stderr, mixed } = await once([...words, "--", connection.host], run);
      if (code === 0) return { stdout: withoutEnd(stdout), stderr: withoutEnd(stderr) };
      if (code !== 255 || stdout !== "" || !isDialError(stderr))
        throw new Error(
          `Process exited with status ${code}: running ${JSON.stringify(run.command)}:\n${mixed}`,
        );
      if (limit !== -1 && tries > limit)
        throw new Error(`after ${tries - 1} failed attempts: ${stderr.trim()}`);
      await sleep(Math.min(5000, 100 * 1.5 ** tries));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether ssh says that it never got as far as a login. */
function isDialError(stderr: string): boolean {
  return /^(ssh: |kex_exchange_identification|Connection (closed|reset|timed out))/m.test(stderr);
}

function withoutEnd(text: string): string {
  return text.replace(/\n$/, "");
}

interface Ended extends Output {
  code: number | null;
  /** Both in the order in which they came. */
  mixed: string;
}

/** The stack's passphrase and tokens are none of OpenSSH's business. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(PULUMI|PROXMOX|LABWRIGHT)_/.test(name)),
  );
}

function once([file, ...words]: string[], run: Run): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(file!, [...words, run.command], {
      stdio: "pipe",
      env: { ...ownEnvironment(), ...run.environment },
    });
    const said = { stdout: "", stderr: "", mixed: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        said[stream] += text;
        said.mixed += text;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...said }));
    // A command may end before it has read everything; its exit code tells.
    child.stdin.on("error", () => undefined);
    child.stdin.end(run.stdin ?? "");
  });
}
