import { createHash } from "node:crypto";

import { quote } from "../../../host/quote";
import { shellSource } from "../../../host/shell-source";
import { kind } from "../../../kind";
import { checkExportName } from "../../nfs/name";
import { checkExport } from "./check";
import { parseExport } from "./parse";
import { renderRest } from "./render";
import { exportSchema } from "./schema";

const functions = (): string => shellSource("kinds/ganesha/export/export.sh");

/** The server's ids are chosen, and its exports changed, one after the other. */
const lock = "nfs-ganesha";

const fileOf = (name: string) => `/etc/ganesha/exports.d/${name}.conf`;

/** The Export_Id that a name asks for, 1-65534. 0 is the pseudo file system's. */
const wantedId = (name: string) =>
  (createHash("sha256").update(name).digest().readUInt32BE() % 65534) + 1;

/** `labwright:ganesha:Export`. */
export const exportKind = kind<typeof exportSchema>({
  schema: exportSchema,
  check: checkExport,
  physical: ({ name }) => name,
  parse: (physical) => (checkExportName(physical) ? undefined : { name: physical }),

  async read(ctx, { physical: name }) {
    const { fields } = await ctx.host.query({
      step: `read ${fileOf(name)}`,
      text: `${functions()}
file=${quote(fileOf(name))}
[ -f "$file" ] && [ ! -L "$file" ] || exit 0
field_file text "$file"
noted=$state_folder/ganesha/${quote(name)}
if [ -e "$noted" ] && ganesha_runs && [ "$(served "$(export_id "$file")")" != "$(cat "$noted")" ]; then field live 0; fi`,
    });
    if (fields.text === undefined) return undefined;
    return { name, ...parseExport(fields.text), live: fields.live !== "0" };
  },

  async apply(ctx, { inputs }) {
    const { name, path } = inputs;
    const target = quote(fileOf(name));
    const { fields } = await ctx.change({
      step: `export ${path}`,
      exists: `[ -e ${target} ] || [ -L ${target} ]`,
      adopting: `keep_original ${target}`,
      lock,
      text: `${functions()}
[ -x /usr/bin/ganesha.nfsd ] || fail 'NFS-Ganesha is not on this host: install the packages nfs-ganesha and nfs-ganesha-vfs'
[ -d ${quote(path)} ] || fail ${quote(`path is ${path}: there is no such directory on this host, create it first`)}
(umask 022 && mkdir -p "$exports_folder")
id=$(choose_id ${target} ${wantedId(name)})
{ printf 'EXPORT {\\n    Export_Id = %s;\\n' "$id"; cat "$in/rest"; } >"$in/new"
mkdir -p "$state_folder/ganesha"
if ganesha_runs; then
  [ ! -f ${target} ] || cat ${target} >"$in/old"
  replace_export "$in/old" "$in/new" "$id" ||
    fail "NFS-Ganesha refuses this export, nothing was changed: $(cat "$in/why")"
fi
write_file ${target} root root 0644 "$in/new"
if ganesha_runs; then served "$id" >"$state_folder/ganesha/"${quote(name)}; else rm -f "$state_folder/ganesha/"${quote(name)}; fi
field id "$id"`,
      files: { rest: renderRest(inputs) },
    });
    return { exportId: Number(fields.id), live: true, extra: "" };
  },

  async remove(ctx, { name, pseudo, exportId }) {
    const target = quote(fileOf(name));
    await ctx.release({
      step: `end export ${name}`,
      lock,
      text: `${functions()}
# Also when the file was deleted by hand: the server goes on until somebody tells it.
if ganesha_runs && served ${exportId} | grep -qxF ${quote(`   string "${pseudo}"`)}; then
  end_export ${quote(pseudo.replaceAll('"', '\\"'))} ${exportId} || fail "NFS-Ganesha does not end the export: $(cat "$in/why")"
fi
if [ "$adopted" = 1 ] && restore_original ${target}; then
  if ganesha_runs; then add_export ${target} "$(export_id ${target})" || :; fi
else
  remove_file ${target}
fi
rm -f "$state_folder/ganesha/"${quote(name)}`,
    });
  },

  diffExtra: ({ live, extra }) => [
    ...(live ? [] : ["live" as const]),
    ...(extra ? ["extra" as const] : []),
  ],
});
