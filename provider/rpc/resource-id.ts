import { type Container, containerTypes, type MachineConnection } from "../schema";
import { checkMachineName } from "../../validation/machine-name";

/** Where an id points: a host, a container on it, and the physical name of a thing there. */
export interface ResourceId {
  user: string;
  address: string;
  port: number;
  inside?: Container[];
  physical: string;
}

/**
 * `root@10.77.0.53:/etc/motd`, `root@[fd00::1]#2222:/etc/motd`, `root@10.77.0.53/nspawn=web:/etc/motd`: a Pulumi id, in
 * scp's manner. Pure.
 */
export function renderId(
  host: Pick<MachineConnection, "user" | "address" | "port" | "inside">,
  physical: string,
): string {
  const address = host.address.includes(":") ? `[${host.address}]` : host.address;
  const inside = (host.inside ?? []).map(({ type, name }) => `/${type}=${name}`).join("");
  return `${host.user}@${address}${host.port === 22 ? "" : `#${host.port}`}${inside}:${physical}`;
}

/** The parts of an id; undefined when it is none. The user may be left out and is then root. Pure. */
export function parseId(id: string): ResourceId | undefined {
  const match =
    /^(?:([^@\s:/]+)@)?(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:#@/[\]]+))(?:#(\d{1,5}))?((?:\/[^\s:/=]+=[^\s:/=]+)*):(.+)$/s.exec(
      id,
    );
  if (!match) return undefined;
  const [, user = "root", bracketed, plain, port = "22", steps = "", physical] = match;
  if (Number(port) < 1 || Number(port) > 65535) return undefined;
  const inside = steps.split("/").slice(1).map(parseContainer);
  if (inside.includes(undefined)) return undefined;
  return {
    user,
    address: (bracketed ?? plain)!,
    port: Number(port),
    ...(inside.length > 0 && { inside: inside as Container[] }),
    physical: physical!,
  };
}

function parseContainer(step: string): Container | undefined {
  const [word, name = ""] = step.split("=");
  const type = containerTypes.find((known) => known === word);
  return type && checkMachineName(name) === undefined ? { type, name } : undefined;
}
