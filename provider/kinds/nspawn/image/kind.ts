import { checkContainerName } from "../../../../validation/nspawn";
import { quote } from "../../../host/quote";
import { shellSource } from "../../../host/shell-source";
import { kind } from "../../../kind";
import { checkImage } from "./check";
import { imageSchema } from "./schema";

/** Installing a system from packages takes about a minute with a cache near by, and may take many without. */
const SHORTEST_MS = 30 * 60_000;

/** `labwright:nspawn:Image`. */
export const imageKind = kind({
  schema: imageSchema,
  check: checkImage,
  physical: ({ name }) => name,
  parse: (physical) => (checkContainerName(physical) ? undefined : { name: physical }),

  async read(ctx, { physical: name, prior }) {
    const { fields } = await ctx.host.query({
      step: `look at image ${name}`,
      text: `${functions(name)}
[ -d "$tree" ] || exit 0
field tree 1
if [ -f "$note" ]; then field note "$(cat "$note")"; fi
field codename "$(codename "$tree")"
${(prior?.bootstrap?.packages ?? []).length > 0 ? `field installed "$(dpkg-query --admindir="$tree/var/lib/dpkg" -W -f '\${db:Status-Status} \${Package}\\n' 2>/dev/null | sed -n 's/^installed //p')"` : ""}`,
    });
    if (!fields.tree) return undefined;
    const [, made, value] = /^(codename|sha256) (.*)$/.exec(fields.note ?? "") ?? [];
    const path = `/var/lib/machines/${name}`;
    if (prior?.bootstrap) {
      const { suite, packages } = prior.bootstrap;
      const installed = new Set((fields.installed ?? "").split("\n"));
      // A suite may have another name than its release: stable, or one of a relative of Debian.
      const same = made === "codename" && value === fields.codename;
      const bootstrap = {
        ...prior.bootstrap,
        suite: same ? suite : (fields.codename ?? ""),
        packages: packages.filter((item) => installed.has(item)),
      };
      return { name, bootstrap, path };
    }
    if (prior?.archive && made === "sha256") {
      return { name, archive: { ...prior.archive, sha256: value! }, path };
    }
    return { name, path };
  },

  async apply(ctx, { inputs: { name, bootstrap, archive } }) {
    if (!bootstrap && !archive) {
      throw new Error(`image ${name}: give bootstrap or archive, what it is made from`);
    }
    const make = bootstrap
      ? `bootstrap_image ${quote(bootstrap.suite)} ${quote(bootstrap.packages.join(","))} ${quote(bootstrap.mirror ?? "")}`
      : `archive_image ${quote(archive!.source)} ${quote(archive!.sha256)}`;
    await ctx.change({
      step: `make image ${name}`,
      text: `${functions(name)}
need_nspawn
if [ ! -e "$tree" ]; then
  stage "$name"
  ${make}
fi`,
      exists: `[ -e /var/lib/machines/${quote(name)} ]`,
      timeoutMs: Math.max(ctx.timeoutMs, SHORTEST_MS),
    });
    return { path: `/var/lib/machines/${name}` };
  },

  async remove(ctx, { name }) {
    await ctx.release({
      step: `delete image ${name}`,
      text: `${functions(name)}
[ "$adopted" = 0 ] || exit 0
if [ -d "$tree" ]; then
  machinectl remove -- "$name" >"$in/said" 2>&1 || { cat "$in/said" >&2; fail "machinectl does not remove $name"; }
fi
remove_tree "$machines/.labwright-$name"
rm -f -- "$note" "$machines/.labwright-$name.archive"`,
      timeoutMs: ctx.timeoutMs,
    });
  },
});

function functions(name: string): string {
  return `${shellSource("kinds/nspawn/nspawn.sh")}
${shellSource("kinds/nspawn/image/image.sh")}
image_places ${quote(name)}`;
}
