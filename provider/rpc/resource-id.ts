import type { MachineConnection } from "../schema";

/** Where an id points: a host and the physical name of a thing on it. */
export interface ResourceId {
  user: string;
  address: string;
  port: number;
  physical: string;
}

/** `root@10.77.0.53:/etc/motd`, `root@[fd00::1]#2222:/etc/motd`: a Pulumi id, in scp's manner. Pure. */
export function renderId(
  host: Pick<MachineConnection, "user" | "address" | "port">,
  physical: string,
): string {
  const address = host.address.includes(":") ? `[${host.address}]` : host.address;
  return `${host.user}@${address}${host.port === 22 ? "" : `#${host.port}`}:${physical}`;
}

/** The parts of an id; undefined when it is none. The user may be left out and is then root. Pure. */
export function parseId(id: string): ResourceId | undefined {
  const match =
    /^(?:([^@\s:/]+)@)?(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:#@/[\]]+))(?:#(\d{1,5}))?:(.+)$/s.exec(id);
  if (!match) return undefined;
  const [, user = "root", bracketed, plain, port = "22", physical] = match;
  if (Number(port) < 1 || Number(port) > 65535) return undefined;
  return { user, address: (bracketed ?? plain)!, port: Number(port), physical: physical! };
}
