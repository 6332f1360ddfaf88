import { quote } from "../../../host/quote";
import { shellSource } from "../../../host/shell-source";
import { kind } from "../../../kind";
import { checkAbsolutePath } from "../../../../validation/linux";
import { checkMount } from "./check";
import { fstabMark, parseFstabLine, renderFstabLine } from "./fstab";
import { mountSchema } from "./schema";
import { escapePath } from "./unit-name";
import { parseUnits } from "./units.parse";
import { renderAutomountUnit, renderMountUnit } from "./units.render";

const functions = (): string => shellSource("kinds/host/mount/mount.sh");

/** /etc/fstab is one file; units are reloaded together. */
const lock = "mounts";

const digit = (value: boolean) => (value ? 1 : 0);

/** `labwright:host:Mount`. */
export const mountKind = kind<typeof mountSchema>({
  schema: mountSchema,
  check: checkMount,
  physical: ({ where }) => where,
  parse: (physical) => (checkAbsolutePath(physical) ? undefined : { where: physical }),

  async read(ctx, { physical: where, prior }) {
    const { fields } = await ctx.host.query({
      step: `look at mount ${where}`,
      text: `${functions()}
if [ "$(init_system)" = systemd ]; then look_at_units ${quote(escapePath(where))}
else field line "$(fstab_line ${quote(fstabMark(where))})"; fi
field there "$(mounted_at ${quote(where)})"`,
    });
    const there = parseThere(fields.there ?? "");
    if (fields.mount !== undefined) {
      const { extra, ...said } = parseUnits(where, fields.mount, fields.automount);
      const dropIns = (fields.dropins ?? "").trim();
      return {
        ...said,
        ...(there && really(said, there)),
        mounted: fields.state?.trim() === "1 1",
        extra: [extra, dropIns].filter(Boolean).join("\n"),
      };
    }
    if (!fields.line) return undefined;
    const { noauto, ...said } = parseFstabLine(fields.line);
    return {
      where,
      ...said,
      ...(there && really(said, there)),
      // Import knows no better; else what cannot be seen in a line stays as it was given.
      ...(prior ? {} : { automount: false, idleTimeoutSeconds: 0, timeoutSeconds: 30 }),
      mounted: !noauto && there !== undefined,
      extra: "",
    };
  },

  async apply(ctx, { inputs }) {
    const { where, mounted, automount, timeoutSeconds, network, options } = inputs;
    const name = escapePath(where);
    const unit = quote(`/etc/systemd/system/${name}.mount`);
    const at = quote(where);
    await ctx.change({
      step: `mount ${where}`,
      lock,
      timeoutMs: (timeoutSeconds * 3 + 60) * 1000,
      exists: `${functions()}
[ -e ${unit} ] || [ "$(fstab_line ${quote(fstabMark(where))})" ] || is_mounted ${at}`,
      adopting: `if [ -e ${unit} ]; then keep_original ${unit}; fi`,
      text: `${functions()}
source=${quote(network ? inputs.what : "")} readonly=${digit(options.includes("ro"))} network=${digit(network)}
if [ "$(init_system)" = systemd ]; then mount_by_units ${quote(name)} ${at} ${digit(mounted)} ${digit(automount)}
else mount_by_fstab ${at} ${digit(mounted)} ${timeoutSeconds}; fi`,
      files: {
        mount: renderMountUnit(inputs),
        automount: renderAutomountUnit(inputs),
        mark: `${fstabMark(where)}\n`,
        line: `${renderFstabLine(inputs, mounted)}\n`,
      },
    });
    return { extra: "" };
  },

  async remove(ctx, { where }) {
    const name = escapePath(where);
    const unit = quote(`/etc/systemd/system/${name}.mount`);
    const at = quote(where);
    await ctx.release({
      step: `unmount ${where}`,
      lock,
      text: `${functions()}
if [ "$(init_system)" = systemd ]; then
  stop_units ${quote(name)} ${at}
  remove_file ${quote(`/etc/systemd/system/${name}.automount`)}
  remove_file ${unit}
  if [ "$adopted" = 1 ]; then restore_original ${unit} || :; fi
  systemctl daemon-reload
else
  if is_mounted ${at}; then _unmount ${at}; fi
  if [ "$(fstab_line ${quote(fstabMark(where))})" ]; then
    fstab_without ${quote(fstabMark(where))} >"$in/fstab"
    write_fstab "$in/fstab"
  fi
fi
drop_mount_point ${at}`,
    });
  },

  diffExtra: ({ extra }) => (extra ? ["extra"] : []),
});

/** What is mounted, as /proc/self/mounts says it. */
function parseThere(text: string): { source: string; readonly: boolean } | undefined {
  const [source, options] = text.trim().split(" ");
  if (!source) return undefined;
  return {
    source: source.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(parseInt(octal, 8)),
    ),
    readonly: (options ?? "").split(",").includes("ro"),
  };
}

/** Where what is mounted is not what should be: over the network by its name, and whether it can be written. */
function really(
  said: { what: string; network: boolean; options: string[] },
  there: { source: string; readonly: boolean },
): { what?: string; options?: string[] } {
  const others = said.options.filter((option) => option !== "ro" && option !== "rw");
  const readonly = said.options.includes("ro");
  return {
    ...(said.network && there.source !== said.what ? { what: there.source } : {}),
    ...(readonly === there.readonly
      ? {}
      : { options: there.readonly ? [...others, "ro"] : others }),
  };
}
