import { checkPackageName } from "../../../../validation/linux";
import { quote } from "../../../host/quote";
import { kind } from "../../../kind";
import { checkPackage } from "./check";
import { packageFunctions } from "./functions.render";
import { packageSchema } from "./schema";

/** A package manager works on all packages at once, so one change waits for the other. */
const lock = "packages";

/** `labwright:host:Package`. */
export const packageKind = kind({
  schema: packageSchema,
  check: checkPackage,
  physical: ({ name }) => name,
  parse: (physical) => (checkPackageName(physical) ? undefined : { name: physical }),

  async read(ctx, { physical: name }) {
    const { fields } = await ctx.host.query({
      step: `look for package ${name}`,
      text: `${packageFunctions()}
field version "$(package_version ${quote(name)})"`,
    });
    const version = fields.version;
    return version ? { name, version, installedVersion: version } : undefined;
  },

  async apply(ctx, { inputs: { name, version = "" } }) {
    const { fields } = await ctx.change({
      step: `install package ${name}`,
      text: `${packageFunctions()}
name=${quote(name)} version=${quote(version)}
now=$(package_version "$name")
if [ -z "$now" ] || { [ "$version" ] && [ "$now" != "$version" ]; }; then package_install "$name" "$version"; fi
now=$(package_version "$name")
[ "$now" ] || fail "$name is not installed although the package manager says so: name the package itself, not what it provides"
[ -z "$version" ] || [ "$now" = "$version" ] || fail "$name is installed in version $now and not $version"
field version "$now"`,
      exists: `${packageFunctions()}
[ "$(package_version ${quote(name)})" ]`,
      shared: true,
      wants: version && `version ${version}`,
      lock,
    });
    return { installedVersion: fields.version! };
  },

  async remove(ctx, { name, purge }) {
    const result = await ctx.release({
      step: `remove package ${name}`,
      // Without an entry we never installed it: it was imported, or the ledger is lost.
      text: `[ "$adopted" = 0 ] && [ -e "$ledger_entry" ] || exit 0
${packageFunctions()}
if [ "$(package_version ${quote(name)})" ]; then package_remove ${quote(name)} ${purge ? 1 : 0}; fi`,
      lock,
    });
    const needed = result?.fields.needed;
    if (needed) ctx.warn(`${name} stays installed: ${needed} needs it`);
  },
});
