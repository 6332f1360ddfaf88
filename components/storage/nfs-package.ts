import * as pulumi from "@pulumi/pulumi";
import { host as kinds } from "../../resources";
import type { Host } from "../host/host";

/** What the distributions call the parts of nfs-utils, by package manager. */
const NAMES = {
  server: { apt: "nfs-kernel-server", apk: "nfs-utils", dnf: "nfs-utils", pacman: "nfs-utils" },
  client: { apt: "nfs-common", apk: "nfs-utils", dnf: "nfs-utils", pacman: "nfs-utils" },
} as const;

const made = new WeakMap<Host, Map<string, kinds.Package>>();

/**
 * The NFS package of a host, one resource however often it is asked for. A host that serves has the client's part with
 * it, under one name or by dependency.
 */
export function nfsPackage(
  host: Host,
  role: keyof typeof NAMES,
  options: pulumi.CustomResourceOptions = {},
): kinds.Package {
  const known = made.get(host) ?? new Map<string, kinds.Package>();
  made.set(host, known);
  const there = known.get("server") ?? known.get(role);
  if (there) return there;
  const resource = new kinds.Package(
    `${host.name}-nfs-${role}`,
    {
      host: host.connection,
      name: pulumi
        .output(host.machine.packageManager)
        .apply((manager) => NAMES[role][manager as "apt"] ?? NAMES[role].apt),
    },
    host.options(options),
  );
  known.set(role, resource);
  return resource;
}
