import { IssueList } from "../../../../validation/checker";
import { checkAbsolutePath, checkUserName } from "../../../../validation/linux";
import { quote } from "../../../host/quote";
import { kind } from "../../../kind";
import { checkMode } from "../file/mode";
import { directorySchema } from "./schema";

/** `labwright:host:Directory`. */
export const directoryKind = kind({
  schema: directorySchema,

  check(inputs) {
    const issues = new IssueList();
    issues.checkOptional("path", inputs.path, checkAbsolutePath);
    issues.checkOptional("owner", inputs.owner, checkUserName);
    issues.checkOptional("group", inputs.group, checkUserName);
    issues.checkOptional("mode", inputs.mode, checkMode);
    // One wrong path here would empty a system: /etc, /home, /var.
    if (inputs.purge && inputs.path?.lastIndexOf("/") === 0) {
      issues.add("purge", true, `use false for ${inputs.path}, or a directory deeper down`);
    }
    return issues.issues;
  },

  physical: ({ path }) => path,
  parse: (physical) => (physical.startsWith("/") ? { path: physical } : undefined),

  async read(ctx, { physical: path }) {
    const { fields } = await ctx.host.query({
      step: `read ${path}`,
      text: `path=${quote(path)}
if [ ! -d "$path" ] || [ -L "$path" ]; then exit 0; fi
field owner "$(stat -c %U -- "$path")"
field group "$(stat -c %G -- "$path")"
field mode "$(file_mode "$path")"`,
    });
    const { owner, group, mode } = fields;
    return mode === undefined ? undefined : { path, owner, group, mode };
  },

  async apply(ctx, { inputs }) {
    const { path, owner, group, mode } = inputs;
    await ctx.change({
      step: `make ${path}`,
      text: `make_directory ${quote(path)} ${quote(owner)} ${quote(group)} ${mode}`,
      exists: `[ -e ${quote(path)} ] || [ -L ${quote(path)} ]`,
      adopting: `keep_owner_and_mode ${quote(path)}`,
    });
    return {};
  },

  async remove(ctx, { path, purge }) {
    const result = await ctx.release({
      step: `remove ${path}`,
      text: `remove_directory ${quote(path)} ${purge ? 1 : 0}`,
    });
    if (result?.fields.left === "full") ctx.warn(`${path} is not empty and was left in place`);
  },
});
