import * as fs from "node:fs";
import { findMachine } from "../machines/machine-run";
import type { MachineView } from "../machines/machine-view";
import { viewMachine } from "./guest-view";
import { writeKnownHosts } from "./known-hosts";
import { network } from "./network";
import { nodeRunDir } from "./node-machine";
import { runningGuests } from "./running-guests";
import type { Sandbox } from "./sandbox";

/** The ssh command that reaches a machine of the lab, by its name or VM id, with its host key verified. */
export function sshCommand(sandbox: Sandbox, machine: string, remote: string[]): string[] {
  const { address, user } = reach(sandbox, machine);
  writeKnownHosts(sandbox);
  return [
    ...["ssh", "-F", "none"],
    ...["-o", `IdentityFile=${quoteOption(sandbox.identityFile)}`, "-o", "IdentitiesOnly=yes"],
    ...["-o", `UserKnownHostsFile=${quoteOption(sandbox.knownHostsFile)}`],
    ...["-o", "GlobalKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=yes"],
    ...["-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "LogLevel=ERROR"],
    ...["-l", user, "--", address],
    ...remote,
  ];
}

function reach(sandbox: Sandbox, machine: string): { address: string; user: string } {
  if (machine === "pve1" && findMachine(nodeRunDir(sandbox))) {
    return { address: network.node, user: "root" };
  }
  const running = runningGuests(sandbox);
  const found = running.filter(
    ({ guest }) => guest.name === machine || String(guest.vmid) === machine,
  );
  const [one, another] = found;
  if (!one) {
    const names = ["pve1", ...running.map(({ guest }) => `${guest.name} (${guest.vmid})`)];
    throw new Error(`no machine "${machine}" is running; running: ${names.join(", ")}`);
  }
  if (another) {
    const ids = found.map(({ guest }) => guest.vmid).join(", ");
    throw new Error(`several machines are called "${machine}": use the VM id, one of ${ids}`);
  }
  const { addresses, logins } = viewMachine(one.runDir, one.machine);
  const address = addresses[0];
  if (address === undefined) {
    throw new Error(`"${machine}" has no address yet: give it one with cloud-init, or wait`);
  }
  return {
    address,
    user: loginUser(logins, fs.readFileSync(`${sandbox.identityFile}.pub`, "utf8")),
  };
}

/** The first user whom the sandbox's key opens without a forced command; root stands first in a machine's list of users. */
function loginUser(logins: MachineView["logins"], key: string): string {
  const material = key.split(" ")[1] ?? key;
  const opened = logins.find(
    ({ line }) => line.includes(material) && /^(ssh|ecdsa|sk)-/.test(line),
  );
  return opened?.user ?? "root";
}

/** ssh_config(5): values are split at blanks, and a percent sign starts a token. */
function quoteOption(file: string): string {
  return `"${file.replaceAll("%", "%%")}"`;
}
