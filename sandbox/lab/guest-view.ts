import * as fs from "node:fs";
import * as path from "node:path";
import type { RunningMachine } from "../machines/machine-run";
import { rememberedView, type MachineView } from "../machines/machine-view";

/** What can be known of the running machine of a folder without logging in. */
export function viewMachine(runDir: string, { init }: RunningMachine): MachineView {
  return (
    rememberedView(runDir) ?? {
      addresses: machineAddresses(init.pid),
      hostKeys: machineHostKeys(init.pid),
      logins: machineLogins(init.pid),
    }
  );
}

/** The addresses of a container without those of its loopback, read as the kernel has them. */
function machineAddresses(initPid: number): string[] {
  return [...ipv4Addresses(read(`/proc/${initPid}/net/fib_trie`)), ...ipv6Addresses(initPid)];
}

/** The lines of authorized_keys of a container's users. */
function machineLogins(initPid: number): MachineView["logins"] {
  const root = `/proc/${initPid}/root`;
  const users = read(`${root}/etc/passwd`).trim().split("\n");
  return users.flatMap((entry) => {
    const [user = "", , , , , home = ""] = entry.split(":");
    const lines = read(`${root}${home}/.ssh/authorized_keys`).split("\n");
    return lines.filter(Boolean).map((line) => ({ user, line }));
  });
}

/** Local IPv4 addresses in the kernel's routing trie: a line with the address, then `/32 host LOCAL`. */
export function ipv4Addresses(fibTrie: string): string[] {
  const found = fibTrie.matchAll(/\|-- ([\d.]+)\n\s+\/32 host LOCAL/g);
  const addresses = [...found].map(([, address]) => address ?? "");
  return [...new Set(addresses)].filter((address) => !address.startsWith("127."));
}

/** Global IPv6 addresses; columns of /proc/net/if_inet6: address, index, prefix, scope, flags, name. */
function ipv6Addresses(initPid: number): string[] {
  return read(`/proc/${initPid}/net/if_inet6`)
    .split("\n")
    .map((line) => line.split(/\s+/))
    .filter(([, , , scope]) => scope === "00")
    .map(([digits = ""]) => digits.replace(/(.{4})(?!$)/g, "$1:"));
}

/** The public SSH host keys of a container: `type base64`, read from its own files. */
function machineHostKeys(initPid: number): string[] {
  const folder = `/proc/${initPid}/root/etc/ssh`;
  try {
    return fs
      .readdirSync(folder)
      .filter((name) => /^ssh_host_\w+_key\.pub$/.test(name))
      .sort()
      .map((name) => read(path.join(folder, name)).split(" ").slice(0, 2).join(" ").trim())
      .filter((key) => /^[a-z0-9-]+ [A-Za-z0-9+/=]+$/.test(key));
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
