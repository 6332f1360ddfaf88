import type { MachineConnection } from "../schema";
import { quote } from "./quote";

/** The person's own settings for OpenSSH. */
export interface SshSettings {
  /** File with the private key; without one OpenSSH finds keys by itself. */
  identityFile?: string;
  /** ssh_config to use instead of the person's own. */
  configFile?: string;
  connectTimeoutSeconds: number;
}

/** Files with the pinned keys of the host and of its jump host. */
export interface PinnedKeyFiles {
  host: string;
  jump?: string;
}

type Endpoint = Pick<MachineConnection, "address" | "port" | "user" | "hostKey">;

/** The words of the OpenSSH command that gives a root shell on the host. Pure. */
export function sshCommand(
  connection: MachineConnection,
  settings: SshSettings,
  pinned: PinnedKeyFiles,
): string[] {
  const { jump } = connection;
  const through =
    jump && pinned.jump
      ? [
          "-o",
          // OpenSSH expands % in this text and gives it to a shell.
          `ProxyCommand=exec ${[
            ...endpointCommand(jump, settings, pinned.jump),
            "-W",
            `[${connection.address}]:${connection.port}`,
            "--",
            jump.address,
          ]
            .map(quote)
            .join(" ")
            .replaceAll("%", "%%")}`,
        ]
      : [];
  return [
    ...endpointCommand(connection, settings, pinned.host),
    ...through,
    "--",
    connection.address,
    connection.user === "root" ? "exec sh" : "exec sudo -n -H -- sh",
  ];
}

function endpointCommand(endpoint: Endpoint, settings: SshSettings, knownHosts: string): string[] {
  const { identityFile, configFile, connectTimeoutSeconds } = settings;
  const options = {
    BatchMode: "yes",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: quoteOption(knownHosts),
    GlobalKnownHostsFile: "none",
    HostKeyAlias: pinnedName(endpoint),
    HostKeyAlgorithms: hostKeyAlgorithms(endpoint.hostKey).join(","),
    CheckHostIP: "no",
    UpdateHostKeys: "no",
    VerifyHostKeyDNS: "no",
    ...(identityFile && { IdentityFile: quoteOption(identityFile), IdentitiesOnly: "yes" }),
    ConnectTimeout: String(connectTimeoutSeconds),
    // A host that vanished is noticed after about 20 s, also in the middle of a long script.
    ServerAliveInterval: "5",
    ServerAliveCountMax: "4",
    ControlMaster: "no",
    ControlPath: "none",
    RequestTTY: "no",
    RemoteCommand: "none",
    ClearAllForwardings: "yes",
    ForwardAgent: "no",
    ForwardX11: "no",
    PermitLocalCommand: "no",
    EscapeChar: "none",
    // Less would hide why no key of the host was acceptable.
    LogLevel: "INFO",
  };
  return [
    "ssh",
    ...(configFile ? ["-F", configFile] : []),
    ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
    "-p",
    String(endpoint.port),
    "-l",
    endpoint.user,
  ];
}

/** The name under which a host's pinned keys are filed; OpenSSH's own messages say it. */
export function pinnedName({ address, port }: Pick<Endpoint, "address" | "port">): string {
  return port === 22 ? address : `[${address}]:${port}`;
}

/** A known_hosts file with exactly the pinned keys. Pure. */
export function renderKnownHosts(endpoint: Endpoint): string {
  return keyLines(endpoint.hostKey)
    .map(([type, key]) => `${pinnedName(endpoint)} ${type} ${key}\n`)
    .join("");
}

/** The types and keys of known_hosts-style lines, without comments. */
export function keyLines(hostKey: string): [type: string, key: string][] {
  return hostKey
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words.length >= 2 && !words[0]!.startsWith("#"))
    .map((words) => [words[0]!, words[1]!]);
}

/** Signature algorithms for the pinned keys, so that the host offers one of those keys and not another of its own. */
function hostKeyAlgorithms(hostKey: string): string[] {
  const types = new Set(keyLines(hostKey).map(([type]) => type));
  return [...types].flatMap((type) =>
    type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type],
  );
}

/** A value of a file name option, which OpenSSH splits at spaces and expands. */
function quoteOption(file: string): string {
  return `"${file.replaceAll("%", "%%")}"`;
}
