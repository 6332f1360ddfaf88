import { type Checker, IssueList } from "../../validation/checker";
import type { Issue } from "../../validation/issue";
import { checkMachineName } from "../../validation/machine-name";
import { checkPublicKey } from "../../validation/ssh-key";
import { integer, list, object, oneOf, text, type ValuesOf } from "./field";
import { objectType } from "./object-type";

const address = text({
  doc: "Address or name of the host, as OpenSSH takes it. A `Host` alias of the user's ssh_config works.",
});
const port = integer({
  doc: "Port of the host's sshd. Default 22, the port assigned by IANA.",
  default: 22,
  minimum: 1,
  maximum: 65535,
});
const user = text({
  doc: "User to log in as. Anyone but root needs `sudo` without a password. Default `root`.",
  default: "root",
});
const hostKey = text({
  doc:
    "The host's public keys, one a line, as in known_hosts without the host's name: `ssh-ed25519 AAAA...`. " +
    "A host that offers another key is never spoken to.",
});

const checkAddress: Checker = (value) =>
  typeof value === "string" && /^[A-Za-z0-9_:][A-Za-z0-9_.:%-]*$/.test(value)
    ? undefined
    : "use an IP address or a host name, without user or port";

const checkLogin: Checker = (value) =>
  typeof value === "string" && /^[A-Za-z0-9_][A-Za-z0-9_.@\\-]*\$?$/.test(value)
    ? undefined
    : "use a login name, such as root";

/** What OpenSSH would misread; above all a value that it takes for an option or another host. */
function checkConnection(value: Readonly<Record<string, unknown>>): Issue[] {
  const issues = new IssueList();
  issues.checkOptional("address", value.address, checkAddress);
  issues.checkOptional("user", value.user, checkLogin);
  if (typeof value.hostKey === "string") {
    const lines = value.hostKey.split("\n").filter((line) => line.trim() && !line.startsWith("#"));
    if (lines.length === 0) issues.add("hostKey", value.hostKey, "give the host's public key");
    for (const line of lines) issues.check("hostKey", line, checkPublicKey);
  }
  return issues.issues;
}

/** Host keys without comments, in one order. */
export function canonicalHostKey(hostKey: string): string {
  const lines = hostKey
    .split("\n")
    .map((line) => line.trim().split(/\s+/).slice(0, 2).join(" "))
    .filter((line) => line !== "" && !line.startsWith("#"));
  return [...new Set(lines)].sort().join("\n");
}

const canonical = { hostKey: canonicalHostKey };

/** A host to go through, as OpenSSH's ProxyJump. */
export const JumpHost = objectType("labwright:host:JumpHost", {
  doc: "A host to go through on the way to another, as OpenSSH's ProxyJump. Its key is pinned as well.",
  fields: { address, port, user, hostKey },
  check: checkConnection,
  canonical,
});

const jump = object(JumpHost, {
  doc: "Host to go through. Default: straight there.",
  optional: true,
});

/** Containers that can be entered from their host. */
export const containerTypes = ["nspawn"] as const;

/** A container to enter. */
export const Container = objectType("labwright:host:Container", {
  doc: "A container to enter from the machine that runs it, through that machine's own connection.",
  fields: {
    type: oneOf(containerTypes, {
      doc: "What runs it: `nspawn` is a machine of systemd-nspawn, as `machinectl list` shows it.",
    }),
    name: text({ doc: "Name of the container." }),
  },
  check: ({ name }) => {
    const issues = new IssueList();
    issues.checkOptional("name", name, checkMachineName);
    return issues.issues;
  },
});

const inside = list(object(Container), {
  doc:
    "Containers to enter once there, each inside the one before. Nothing has to run in them for it, no sshd and no agent. " +
    "Default: none, the machine itself.",
  optional: true,
});

/** How to reach a machine that may not have been joined yet. */
export const MachineConnection = objectType("labwright:host:MachineConnection", {
  doc: "How to reach a machine over SSH that is to be joined.",
  fields: { address, port, user, hostKey, jump, inside },
  check: checkConnection,
  canonical,
});

/** How to reach a joined machine. */
export const HostConnection = objectType("labwright:host:HostConnection", {
  doc: "How to reach a joined machine over SSH, and which machine it is.",
  fields: {
    address,
    port,
    user,
    hostKey,
    jump,
    inside,
    machineId: text({
      doc:
        "The machine's id from /etc/machine-id (machine-id(5)), as `labwright:host:Machine` gives it. " +
        "Another machine at the same address has none of this resource: a change replaces the resource.",
      replaces: true,
      // Pulumi asks for what depends on a failed resource as well, when it goes on after errors.
      whenMissing: "the machine was not joined; the error of its labwright:host:Machine says why",
    }),
  },
  check: checkConnection,
  canonical,
});

/** A value of `labwright:host:MachineConnection`, defaults filled in. */
export type MachineConnection = ValuesOf<typeof MachineConnection.fields>;
/** A value of `labwright:host:HostConnection`, defaults filled in. */
export type HostConnection = ValuesOf<typeof HostConnection.fields>;
/** A value of `labwright:host:Container`. */
export type Container = ValuesOf<typeof Container.fields>;
