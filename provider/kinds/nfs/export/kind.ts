import { quote } from "../../../host/quote";
import { kind } from "../../../kind";
import { checkExportName } from "../name";
import { checkExport } from "./check";
import { exportFunctions, renderJudge } from "./judge.render";
import { parseExport } from "./parse";
import { renderExport, tableEntries } from "./render";
import { exportSchema } from "./schema";

/** exportfs takes up all files together, so one change waits for the other. */
const lock = "exports";

const fileOf = (name: string) => `/etc/exports.d/${name}.exports`;

/** The path as `exportfs -s` writes it. */
const inTable = (path: string) =>
  tableEntries({ path, clients: [{ client: "", options: [] }] })[0]!.slice(0, -3);

/** `labwright:nfs:Export`. */
export const exportKind = kind<typeof exportSchema>({
  schema: exportSchema,
  check: checkExport,
  physical: ({ name }) => name,
  parse: (physical) => (checkExportName(physical) ? undefined : { name: physical }),

  async read(ctx, { physical: name, prior }) {
    const { fields } = await ctx.host.query({
      step: `read ${fileOf(name)}`,
      text: `${exportFunctions()}
file=${quote(fileOf(name))}
[ -f "$file" ] && [ ! -L "$file" ] || exit 0
field_file text "$file"
noted=$state_folder/exports/${quote(name)}
if command -v exportfs >/dev/null && [ -e "$noted" ] && table_is_live &&
  [ "$(table_of ${quote(inTable(prior?.path ?? "/"))})" != "$(cat "$noted")" ]; then field live 0; fi`,
    });
    if (fields.text === undefined) return undefined;
    const { path, clients, extra } = parseExport(fields.text);
    return { name, path, clients, live: fields.live !== "0", extra };
  },

  async apply(ctx, { inputs }) {
    const { name, path } = inputs;
    const target = quote(fileOf(name));
    await ctx.change({
      step: `export ${path}`,
      exists: `[ -e ${target} ] || [ -L ${target} ]`,
      adopting: `keep_original ${target}`,
      lock,
      text: `${exportFunctions()}
need_exportfs
[ -d ${quote(path)} ] || fail ${quote(`path is ${path}: there is no such directory on this host, create it first`)}
(umask 022 && mkdir -p "$exports_folder")
# In a shell of its own, whose end does not end this one: the server has to be told of the old text as well.
(write_file ${target} root root 0644 "$in/text" "$in/judge") 2>"$in/refused" || {
  export_again "$in/again"
  fail "the NFS server refuses this export, nothing was changed: $(cat "$in/refused")"
}
if [ ! -e "$in/.changed" ]; then
  sh "$in/judge" >"$in/refused" 2>&1 || fail "the NFS server refuses this export: $(cat "$in/refused")"
fi
note_table ${quote(name)} ${quote(inTable(path))}`,
      files: { text: renderExport(inputs), judge: renderJudge(tableEntries(inputs)) },
    });
    return { live: true, extra: "" };
  },

  async remove(ctx, { name }) {
    const target = quote(fileOf(name));
    await ctx.release({
      step: `end export ${name}`,
      lock,
      text: `${exportFunctions()}
if [ "$adopted" = 1 ] && restore_original ${target}; then :; else remove_file ${target}; fi
rm -f "$state_folder/exports/"${quote(name)}
if command -v exportfs >/dev/null; then export_again "$in/again"; fi`,
    });
  },

  diffExtra: ({ live, extra }) => [
    ...(live ? [] : ["live" as const]),
    ...(extra ? ["extra" as const] : []),
  ],
});
