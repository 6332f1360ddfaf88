import { quote } from "../../../host/quote";
import { shellSource } from "../../../host/shell-source";
import { kind } from "../../../kind";
import { checkPackage } from "./check";
import { packageSchema } from "./schema";

/** A package manager works on all packages at once, so one change waits for the other. */
const lock = "packages";

/** `labwright:host:Package`. */
export const packageKind = kind({
  schema: packageSchema,
  check: checkPackage,
  physical: ({ name }) => name,
  parse: (physical) => ({ name: physical }),

  async read(ctx, { physical: name }) {
    const { fields } = await ctx.host.query({
      step: `look for package ${name}`,
      text: `${functions()}
field version "$(package_version ${quote(name)})"`,
    });
    const version = fields.version;
    return version ? { name, version, installedVersion: version } : undefined;
  },

  async apply(ctx, { inputs: { name, version = "" } }) {
    const { fields } = await ctx.change({
      step: `install package ${name}`,
      text: `${functions()}
name=${quote(name)} version=${quote(version)}
now=$(package_version "$name")
if [ -z "$now" ] || { [ "$version" ] && [ "$now" != "$version" ]; }; then package_install "$name" "$version"; fi
now=$(package_version "$name")
[ "$now" ] || fail "$name is not installed although the package manager says so"
field version "$now"`,
      exists: `${functions()}
[ "$(package_version ${quote(name)})" ]`,
      shared: true,
      lock,
    });
    return { installedVersion: fields.version! };
  },

  async remove(ctx, { name, purge }) {
    await ctx.release({
      step: `remove package ${name}`,
      text: `${functions()}
if [ "$adopted" = 0 ] && [ "$(package_version ${quote(name)})" ]; then package_remove ${quote(name)} ${purge ? 1 : 0}; fi`,
      lock,
    });
  },
});

function functions(): string {
  return shellSource("kinds/host/package/package.sh");
}
