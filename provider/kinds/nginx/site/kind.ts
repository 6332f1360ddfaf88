import { ScriptFailed } from "../../../host/errors";
import { quote } from "../../../host/quote";
import { type ApplyContext, type Change, type Context, kind } from "../../../kind";
import { checkSite } from "./check";
import { renderJudge } from "./judge.render";
import { parseListen } from "./listen.parse";
import { parseSitePath, sitePath } from "./path";
import { noteWorkers, renderReloadCheck } from "./reload-check.render";
import { siteSchema } from "./schema";
import { explainVerdict } from "./verdict";

/** Exit code of write_file when the judge refuses. */
const JUDGED_UNFIT = 65;

/** nginx judges all its files together, so all changes of them share one lock and one reload. */
const service = {
  lock: "nginx",
  activate: { service: "nginx", how: "reload" },
} as const satisfies Partial<Change>;

/** `labwright:nginx:Site`. */
export const siteKind = kind<typeof siteSchema>({
  schema: siteSchema,
  check: checkSite,
  physical: sitePath,
  parse: parseSitePath,

  async read(ctx, { physical: path }) {
    const { fields } = await ctx.host.query({
      step: `read ${path}`,
      text: `path=${quote(path)}
if [ -f "$path" ] && [ ! -L "$path" ]; then field_file config "$path"; fi`,
    });
    return fields.config === undefined
      ? undefined
      : { ...parseSitePath(path)!, config: fields.config };
  },

  async apply(ctx, { inputs }) {
    const path = sitePath(inputs);
    const target = quote(path);
    const { fields } = await judged(ctx, path, () =>
      ctx.change({
        ...changeOf(path),
        text: `command -v nginx >/dev/null || fail 'nginx is not installed on this host: install the package nginx'
if [ -f ${target} ] && [ ! -L ${target} ]; then cat ${target} >"$in/before"; fi
write_file ${target} root root 0644 "$in/config" "$in/judge"
if [ "$interrupted" = 1 ]; then
  # A run that was killed may have put the file there and not have come to judge it.
  sh "$in/judge" >"$in/verdict" 2>&1 || { rm -f ${target}; cat "$in/verdict" >&2; exit ${JUDGED_UNFIT}; }
fi
if [ -e "$in/.changed" ]; then
  if [ -e "$in/before" ]; then field_file before "$in/before"; fi
  ${noteWorkers}
fi`,
        files: { config: inputs.config, judge: renderJudge(path, parseListen(inputs.config)) },
      }),
    );
    if (fields.workers?.trim()) await takenUp(ctx, path, fields.workers, fields.before);
    return {};
  },

  async remove(ctx, state) {
    const path = sitePath(state);
    const target = quote(path);
    const result = await ctx.release({
      step: `remove ${path}`,
      ...service,
      // Away first, judged then: without it another file may lack what it defines.
      text: `away() {
  if [ "$adopted" = 1 ] && restore_original ${target}; then return 0; fi
  rm -f ${target}
}
[ -f ${target} ] || [ "$adopted" = 1 ] || exit 0
if [ -f ${target} ]; then cp -p ${target} "$in/before"; fi
away
command -v nginx >/dev/null || exit 0
if nginx -t >"$in/verdict" 2>&1; then changed
elif [ -e "$in/before" ]; then
  cp -p "$in/before" ${target}
  if nginx -t >/dev/null 2>&1; then
    cat "$in/verdict" >&2
    exit ${JUDGED_UNFIT}
  fi
  away
  keep_running
  field_file broken "$in/verdict"
fi`,
    });
    if (result?.fields.broken)
      ctx.warn(`nginx refuses its configuration, so it was not reloaded: ${result.fields.broken}`);
  },
});

function changeOf(
  path: string,
): Pick<Change, "step" | "exists" | "adopting" | "lock" | "activate"> {
  const target = quote(path);
  return {
    step: `write ${path}`,
    exists: `[ -e ${target} ] || [ -L ${target} ]`,
    adopting: `keep_original ${target}`,
    ...service,
  };
}

/** Does a change, and says in words why nginx refuses it. */
async function judged<T>(ctx: Context, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ScriptFailed && error.code === JUDGED_UNFIT)) throw error;
    // Under the lock: without it, another site's unfit text may just be in its place to be judged.
    const { code, stderr } = await ctx.host.run({
      step: "judge nginx's configuration",
      text: `lock ${quote(service.lock)}\nnginx -t`,
      lock: service.lock,
      answers: [1],
    });
    const without = code === 0 ? undefined : stderr;
    throw new Error(explainVerdict(path, error.stderr, without), { cause: error });
  }
}

/** Makes sure that nginx serves the new configuration; puts the old one back when it does not. */
async function takenUp(
  ctx: ApplyContext,
  path: string,
  workers: string,
  before: string | undefined,
): Promise<void> {
  const { fields } = await ctx.host.run({
    step: "see whether nginx has taken up its configuration",
    text: renderReloadCheck(workers),
  });
  if (fields.dropped === undefined) return;
  const target = quote(path);
  await ctx.change({
    ...changeOf(path),
    step: `put ${path} back`,
    ...(before === undefined
      ? { text: `rm -f ${target}\nchanged` }
      : { text: `write_file ${target} root root 0644 "$in/before"`, files: { before } }),
  });
  throw new Error(
    `nginx dropped the new configuration when it was reloaded, and ${path} was put back as it was: ` +
      (fields.dropped || "its log does not say why, see /var/log/nginx/error.log"),
  );
}
