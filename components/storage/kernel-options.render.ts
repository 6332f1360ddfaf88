import type { NfsClientSpec } from "./nfs-server";

const squash = { root: "root_squash", all: "all_squash", none: "no_root_squash" } as const;

/** Options of exports(5) that the fields of a share stand for, by the names that `settings` may not repeat. */
export const ownOptions: readonly string[] = [
  "rw",
  "ro",
  "root_squash",
  "no_root_squash",
  "all_squash",
  "no_all_squash",
  "anonuid",
  "anongid",
  "sec",
  "secure",
  "insecure",
];

/**
 * A client's options in the words of exports(5). `sync` and `no_subtree_check` are said because exportfs warns of older
 * defaults when they are not, unless `settings` says something else. Pure.
 */
export function renderOptions(client: NfsClientSpec, settings: Record<string, string>): string[] {
  const further = Object.keys(settings)
    .sort()
    .map((name) => (settings[name] === "" ? name : `${name}=${settings[name]}`));
  const unless = (names: string[], option: string) =>
    names.some((name) => name in settings) ? [] : [option];
  return [
    client.access,
    ...unless(["sync", "async"], "sync"),
    ...unless(["subtree_check", "no_subtree_check"], "no_subtree_check"),
    squash[client.squash],
    `anonuid=${client.anonymousUid}`,
    `anongid=${client.anonymousGid}`,
    `sec=${client.security.join(":")}`,
    client.privilegedPort ? "secure" : "insecure",
    ...further,
  ];
}
