import { createHash } from "node:crypto";

import { digestOf } from "../../../apply/ownership";
import { quote } from "../../../host/quote";
import { type Change, type Context, kind } from "../../../kind";
import { serviceLock } from "../service/name";
import { checkFile } from "./check";
import { fileSchema } from "./schema";

/** Bytes of a file that are fetched at most: far above any configuration, far below what fills the memory. */
const LARGEST = 32 * 1024 * 1024;

/** `labwright:host:File`. */
export const fileKind = kind({
  schema: fileSchema,
  check: checkFile,
  physical: ({ path }) => path,
  parse: (physical) => (physical.startsWith("/") ? { path: physical } : undefined),

  async read(ctx, { physical: path, prior }) {
    const { fields } = await ctx.host.query({
      step: `read ${path}`,
      text: `path=${quote(path)}
if [ ! -f "$path" ] || [ -L "$path" ]; then exit 0; fi
owner=$(file_owner "$path")
field owner "\${owner% *}"
field group "\${owner#* }"
field mode "$(file_mode "$path")"
sum=$(file_sha256 "$path")
field sha256 "$sum"
if [ "$sum" = ${quote(prior?.content === undefined ? "" : sha256(prior.content))} ]; then exit 0; fi
size=$(($(wc -c <"$path")))
if [ "$size" -gt ${LARGEST} ]; then field large "$size"; else field_file content "$path"; fi`,
    });
    if (fields.sha256 === undefined) return undefined;
    const { owner, group, mode, large } = fields;
    if (large) tooLarge(ctx, path, Number(large), prior !== undefined);
    const content = large ? undefined : (fields.content ?? prior?.content);
    if (!prior && content !== undefined && sha256(content) !== fields.sha256) {
      throw new Error(
        `${path} is not UTF-8 text and cannot be imported: it would not stay the same`,
      );
    }
    return { path, owner, group, mode, content, sha256: fields.sha256 };
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

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What somebody put in a file's place may be of any size: it is a difference, and no reason to fetch it. */
function tooLarge(ctx: Context, path: string, bytes: number, managed: boolean): void {
  const size = `${path} holds ${Math.round(bytes / 1024 / 1024)} MiB`;
  if (!managed) throw new Error(`${size}, more than a resource's content can be`);
  ctx.warn(
    `${size}, too much to fetch: its content is shown as missing, and the next up puts it right`,
  );
}

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
