import { quote } from "../../../host/quote";
import { shellSource } from "../../../host/shell-source";
import { kind } from "../../../kind";
import { checkFilesystem } from "./check";
import { filesystemSchema } from "./schema";

const functions = (): string => shellSource("kinds/host/filesystem/filesystem.sh");

/** `labwright:host:Filesystem`. */
export const filesystemKind = kind<typeof filesystemSchema>({
  schema: filesystemSchema,
  check: checkFilesystem,
  physical: ({ device }) => device,
  parse: (physical) => (physical.startsWith("/dev/") ? { device: physical } : undefined),

  async read(ctx, { physical: device }) {
    const { fields } = await ctx.host.query({
      step: `look at ${device}`,
      text: `${functions()}
[ -b ${quote(device)} ] || exit 0
for name in TYPE LABEL UUID; do field "$name" "$(probe ${quote(device)} "$name")"; done`,
    });
    const { TYPE: type, LABEL: label = "", UUID: uuid = "" } = fields;
    // Without its device, or with nothing on it, the file system is gone; another one shows as another type.
    return type ? { device, type: type as "ext4", label, uuid } : undefined;
  },

  async apply(ctx, { inputs }) {
    const { device, type, label, mkfsOptions } = inputs;
    const at = quote(device);
    const { fields } = await ctx.change({
      step: `make a file system on ${device}`,
      timeoutMs: 10 * 60 * 1000,
      // What is there already is used as it is, or refused by the text: no permission to adopt changes that.
      exists: `${functions()}
[ -b ${at} ] && [ "$(holds ${at})" ]`,
      shared: true,
      text: `${functions()}
need_device ${at}
command -v blkid >/dev/null || fail 'blkid is not on this host: install util-linux'
if [ "$(probe ${at} TYPE)" != ${type} ]; then
  need_blank ${at}
  make_filesystem ${at} ${type} ${[label, ...mkfsOptions].map(quote).join(" ")}
fi
if [ "$(probe ${at} LABEL)" != ${quote(label)} ]; then relabel ${at} ${type} ${quote(label)}; fi
field uuid "$(probe ${at} UUID)"`,
    });
    return { uuid: fields.uuid! };
  },

  async remove(ctx, { device }) {
    const result = await ctx.release({ step: `forget ${device}`, text: ":" });
    if (result) ctx.info(`${device} keeps its file system and data`);
  },
});
