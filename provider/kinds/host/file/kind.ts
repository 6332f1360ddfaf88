import { digestOf } from "../../../apply/ownership";
import { quote } from "../../../host/quote";
import { type Change, kind } from "../../../kind";
import { serviceLock } from "../service/name";
import { checkFile } from "./check";
import { fileSchema } from "./schema";

/** `labwright:host:File`. */
export const fileKind = kind({
  schema: fileSchema,
  check: checkFile,
  physical: ({ path }) => path,
  parse: (physical) => (physical.startsWith("/") ? { path: physical } : undefined),

  async read(ctx, { physical: path }) {
    const { fields } = await ctx.host.query({
      step: `read ${path}`,
      text: `path=${quote(path)}
if [ ! -f "$path" ] || [ -L "$path" ]; then exit 0; fi
field owner "$(stat -c %U -- "$path")"
field group "$(stat -c %G -- "$path")"
field mode "$(file_mode "$path")"
field_file content "$path"
field sha256 "$(file_sha256 "$path")"`,
    });
    const { owner, group, mode, content, sha256 } = fields;
    if (content === undefined) return undefined;
    return { path, owner, group, mode, content, sha256: sha256! };
  },

  async apply(ctx, { inputs }) {
    const { path, owner, group, mode, content, validate } = inputs;
    const target = quote(path);
    const { fields } = await ctx.change({
      step: `write ${path}`,
      text: `write_file ${target} ${quote(owner)} ${quote(group)} ${mode} "$in/content" ${validate ? '"$in/validate"' : ""}
field sha256 "$(file_sha256 ${target})"`,
      files: { content, ...(validate && { validate }) },
      exists: `[ -e ${target} ] || [ -L ${target} ]`,
      adopting: `keep_original ${target}`,
      ...serviceOf(inputs),
    });
    return { sha256: fields.sha256! };
  },

  async remove(ctx, state) {
    const target = quote(state.path);
    await ctx.release({
      step: `remove ${state.path}`,
      text: `if [ "$adopted" = 1 ] && restore_original ${target}; then changed; else remove_file ${target}; fi`,
      ...serviceOf(state),
    });
  },
});

/**
 * The lock and the activation of a file that belongs to a service. Files that the same command judges share a lock, so
 * that none is judged while another is half way.
 */
function serviceOf(file: {
  reload?: string;
  restart?: string;
  validate?: string;
}): Pick<Change, "activate" | "lock"> {
  const unit = file.reload ?? file.restart;
  if (!unit) return file.validate ? { lock: `judged by ${digestOf(file.validate)}` } : {};
  const service = serviceLock(unit);
  return { lock: service, activate: { service, how: file.reload ? "reload" : "restart" } };
}
