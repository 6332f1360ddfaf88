import { text } from "../../schema";

/** The cluster that a thing is in: a field of every kind of PostgreSQL's. */
export const clusterField = text({
  doc:
    "Name of the cluster, as Debian calls a server with its databases (pg_lsclusters(1)). Where there are several versions of " +
    "the name, the one that runs. Default `main`, which Debian makes by itself.",
  default: "main",
  replaces: true,
});

/** `main/gitea`: parts of a physical name, each free of slashes. */
export function joinName(...parts: readonly string[]): string {
  return parts.map((part) => part.replace(/[%/]/g, encodeURIComponent)).join("/");
}

/** The parts again; undefined when there are not that many. */
export function splitName(physical: string, count: number): string[] | undefined {
  const parts = physical.split("/");
  if (parts.length !== count || parts.includes("")) return undefined;
  try {
    return parts.map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** What `main/gitea` names, for kinds that have a cluster and a name. */
export function parseClusterAndName(
  physical: string,
): { cluster: string; name: string } | undefined {
  const [cluster, name] = splitName(physical, 2) ?? [];
  return cluster === undefined || name === undefined ? undefined : { cluster, name };
}
