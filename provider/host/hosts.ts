import type { HostConnection, MachineConnection } from "../schema";
import { Channel } from "./channel";
import { writeConnectionFiles } from "./connection-files";
import { EnteredHost } from "./entered-host";
import { type Connector, Host } from "./host";
import { Limiter } from "./limiter";
import { prelude } from "./prelude";
import type { ScriptCarrier } from "./shell";
import { sshCommand, type SshSettings } from "./ssh-command";

/** Settings of the person who runs Pulumi. */
export interface HostsSettings extends SshSettings {
  /** Private key as text, instead of a file. */
  privateKey?: string;
}

/** How many connections may start at once: well under sshd's MaxStartups, which is 10 (sshd_config(5)). */
const CONNECTION_STARTS = 4;
/** What the shell may take to answer once OpenSSH is connected: slow disks, login scripts, sudo. */
const SHELL_START_MS = 20_000;

/** All hosts of this process, one connection each. */
export class Hosts {
  private readonly hosts = new Map<string, Host>();
  private readonly entered = new Map<string, EnteredHost>();

  constructor(private readonly connector: Connector) {}

  /** The host behind a connection, or the container on it; the same for every resource there. */
  at(connection: MachineConnection | HostConnection): ScriptCarrier {
    const { inside = [] } = connection;
    let shell: ScriptCarrier = this.machineAt(connection);
    for (const container of inside) {
      const key = JSON.stringify([addressOf(shell.connection), container.type, container.name]);
      let next = this.entered.get(key);
      if (!next) this.entered.set(key, (next = new EnteredHost(shell, container)));
      shell = next;
    }
    return shell;
  }

  private machineAt(connection: MachineConnection): Host {
    const { address, port, user, hostKey, jump } = connection;
    const key = JSON.stringify(addressOf({ address, port, user, hostKey, jump }));
    let host = this.hosts.get(key);
    if (!host) {
      host = new Host({ address, port, user, hostKey, ...(jump && { jump }) }, this.connector);
      this.hosts.set(key, host);
    }
    return host;
  }

  cancel(): void {
    for (const host of this.hosts.values()) host.cancel();
  }

  close(): void {
    for (const host of this.hosts.values()) host.close();
  }
}

function addressOf({ address, port, user, hostKey, jump, inside }: MachineConnection): unknown[] {
  return [address, port, user, hostKey, jump, inside?.map(({ type, name }) => [type, name])];
}

/** A connector over the system's OpenSSH client. */
export function sshConnector(settings: HostsSettings): Connector {
  return {
    prelude: prelude(),
    connectTimeoutMs: settings.connectTimeoutSeconds * 1000 + SHELL_START_MS,
    starts: new Limiter(CONNECTION_STARTS),
    open(connection) {
      const files = writeConnectionFiles(connection, settings.privateKey);
      const identityFile = files.identityFile ?? settings.identityFile;
      const command = sshCommand(connection, { ...settings, identityFile }, files);
      // The stack's passphrase and tokens are none of OpenSSH's business.
      const env = Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(PULUMI|PROXMOX|LABWRIGHT)_/.test(name)),
      );
      return { channel: new Channel(command, env), settled: () => files.remove() };
    },
  };
}
