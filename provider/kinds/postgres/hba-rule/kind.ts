import { ScriptFailed } from "../../../host/errors";
import { quote } from "../../../host/quote";
import { shellSource } from "../../../host/shell-source";
import { type Context, kind } from "../../../kind";
import { onCluster, postgresFunctions } from "../functions.render";
import { sqlLiteral } from "../sql";
import { checkHbaRule } from "./check";
import { renderHbaJudge } from "./judge.render";
import { parseMarkedLine, parseRuleName, renderMarkedLine, ruleName, ruleTag } from "./line";
import { hbaRuleSchema } from "./schema";

/** Exit code of write_file when the judge refuses. */
const JUDGED_UNFIT = 65;

/** The configuration files of a cluster are judged together. */
export const configurationLock = "postgresql";

const functions = (): string => shellSource("kinds/postgres/hba-rule/hba.sh");

/** `labwright:postgres:HbaRule`. */
export const hbaRuleKind = kind<typeof hbaRuleSchema>({
  schema: hbaRuleSchema,
  check: checkHbaRule,
  physical: ruleName,
  parse: parseRuleName,

  async read(ctx, { physical, prior }) {
    const { cluster } = parseRuleName(physical)!;
    const { fields } = await ctx.host.query({
      step: `look for rule ${physical}`,
      text: `${onCluster(cluster)}
${functions()}
hba=$(hba_file)
hba_lines "$hba" ${quote(ruleTag(physical))} >"$in/lines"
field_file lines "$in/lines"`,
    });
    const lines = fields.lines!.split("\n").filter(Boolean);
    // Of several lines, one that should not be there says more.
    const line = lines.find((found) => !prior || found !== renderMarkedLine(prior)) ?? lines[0];
    if (line === undefined) return undefined;
    if (prior && line === renderMarkedLine(prior)) {
      const { type, database, user, address, method, options, order } = prior;
      return { cluster, type, database, user, address, method, options, order };
    }
    return { cluster, ...parseMarkedLine(line) };
  },

  async apply(ctx, { inputs }) {
    const name = ruleName(inputs);
    const tag = quote(ruleTag(name));
    const find = `${onCluster(inputs.cluster)}
${functions()}
hba=$(hba_file)`;
    try {
      const { fields } = await ctx.change({
        step: `write rule ${name}`,
        text: `${find}
hba_with "$hba" ${tag} "$in/line" >"$in/new"
hba_write "$hba" "$in/new" "$in/judge"
if [ -e "$in/.changed" ] || [ "$interrupted" = 1 ]; then pg_reload; fi
if [ -s "$in/others" ]; then field_file others "$in/others"; fi`,
        files: {
          line: `${renderMarkedLine(inputs)}\n`,
          judge: renderHbaJudge(inputs.cluster, ruleTag(name)),
        },
        exists: `${find}
[ "$(hba_lines "$hba" ${tag})" ]`,
        lock: configurationLock,
      });
      warnOfOthers(ctx, fields.others);
    } catch (error) {
      if (!(error instanceof ScriptFailed && error.code === JUDGED_UNFIT)) throw error;
      throw new Error(
        `the rule is refused by PostgreSQL, nothing was changed: pg_hba.conf would have on ${error.stderr.trim()}`,
        { cause: error },
      );
    }
    return {};
  },

  async remove(ctx, state) {
    const name = ruleName(state);
    const result = await ctx.release({
      step: `remove rule ${name}`,
      text: `${postgresFunctions()}
${functions()}
pg_find ${quote(state.cluster)}
[ "$pg_version" ] || exit 0
pg_need ${quote(state.cluster)}
hba=$(hba_file)
hba_with "$hba" ${quote(ruleTag(name))} >"$in/new"
hba_write "$hba" "$in/new"
if [ -e "$in/.changed" ] || [ "$interrupted" = 1 ]; then
  sh "$in/judge" 2>"$in/said" || fail "the line is taken out, but PostgreSQL goes on with the rules it had, because of $(cat "$in/said")"
  pg_reload
  pg_sql postgres "$in/end" >/dev/null
  if [ -s "$in/others" ]; then field_file others "$in/others"; fi
fi`,
      files: { end: renderEnd(state), judge: renderHbaJudge(state.cluster, ruleTag(name)) },
      lock: configurationLock,
    });
    warnOfOthers(ctx, result?.fields.others);
  },
});

/** PostgreSQL takes up all lines or none. */
function warnOfOthers(ctx: Context, others: string | undefined): void {
  if (others)
    ctx.warn(
      `PostgreSQL goes on with the rules it had until other rules of pg_hba.conf are mended: ${others.trim()}`,
    );
}

/** Statement that ends the sessions which a rule let in; another rule may let them in again. */
function renderEnd({ type, database, user, address }: Parameters<typeof ruleName>[0]): string {
  const where = [
    "backend_type = 'client backend'",
    ...(database === "all" ? [] : [`datname = ${sqlLiteral(database)}`]),
    ...(user === "all" ? ["usename <> 'postgres'"] : [`usename = ${sqlLiteral(user)}`]),
    type === "local" || address === undefined
      ? "client_addr is null"
      : `client_addr operator(pg_catalog.<<=) ${sqlLiteral(address)}::pg_catalog.inet`,
    "pid <> pg_catalog.pg_backend_pid()",
  ];
  return `select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where ${where.join(" and ")};\n`;
}
