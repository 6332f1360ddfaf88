import { ScriptFailed } from "../../../host/errors";
import { checkClusterName } from "../../../../validation/postgres";
import { quote } from "../../../host/quote";
import { shellSource } from "../../../host/shell-source";
import { kind } from "../../../kind";
import { packageFunctions } from "../../host/package/functions.render";
import { onCluster, postgresFunctions } from "../functions.render";
import { configurationLock } from "../hba-rule/kind";
import { checkServer } from "./check";
import {
  renderOverridden,
  renderPending,
  renderReset,
  renderSettings,
  renderSettingsQuery,
  serverMessage,
  settingsFile,
} from "./render";
import { serverSchema } from "./schema";

/** Exit codes: write_file's when the judge refuses, and server_restart's when the server did not start. */
const [JUDGED_UNFIT, DID_NOT_START] = [65, 66];

/** PostgreSQL's own judgement of all its configuration files, without starting anything. */
const judge = `cd /
exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$pg_bin/postgres" -D "$pg_data" -c config_file="$pg_config/postgresql.conf" -C data_directory
`;

const functions = (): string =>
  [packageFunctions(), postgresFunctions(), shellSource("kinds/postgres/server/server.sh")].join(
    "\n",
  );

/** `labwright:postgres:Server`. */
export const serverKind = kind<typeof serverSchema>({
  schema: serverSchema,
  check: checkServer,
  physical: ({ cluster }) => cluster,
  parse: (physical) => (checkClusterName(physical) ? undefined : { cluster: physical }),

  async read(ctx, { physical: cluster, prior }) {
    const packages = prior?.packages ?? [];
    const { fields } = await ctx.host.query({
      step: `look at PostgreSQL cluster ${cluster}`,
      text: `${packageFunctions()}
${postgresFunctions()}
pg_find ${quote(cluster)}
[ "$pg_version" ] && [ -x "$pg_bin/postgres" ] || exit 0
${onCluster(cluster)}
field version "$pg_version"
field port "$pg_port"
pg_field settings postgres "$in/sql"
for name in ${packages.map(quote).join(" ")}; do
  if [ "$(package_version "$name")" ]; then echo "$name"; fi
done >"$in/packages"
field_file packages "$in/packages"`,
      files: { sql: renderSettingsQuery(Object.keys(prior?.settings ?? {})) },
    });
    if (fields.version === undefined) return undefined;
    return {
      cluster,
      settings: spelled(
        JSON.parse(fields.settings!) as Record<string, string>,
        Object.keys(prior?.settings ?? {}),
      ),
      packages: packages.filter((name) => fields.packages!.split("\n").includes(name)),
      ...outputs(cluster, fields),
    };
  },

  async apply(ctx, { inputs, prior }) {
    const { cluster, version = "", settings, packages } = inputs;
    const names = Object.keys(settings);
    try {
      const { fields } = await ctx.change({
        step: `bring PostgreSQL cluster ${cluster} to its state`,
        text: `${functions()}
server_install ${quote(cluster)} ${quote(version)}
for name in ${packages.map(quote).join(" ")}; do
  if [ -z "$(package_version "$name")" ]; then package_install "$name" ''; fi
done
server_settings ${quote(cluster)}
field version "$pg_version"
field port "$pg_port"`,
        files: {
          judge,
          settings: renderSettings(settings),
          reset: renderReset(names),
          overridden: renderOverridden(names),
          pending: renderPending([...names, ...Object.keys(prior?.settings ?? {})]),
        },
        exists: `${postgresFunctions()}
pg_find ${quote(cluster)}
[ "$pg_version" ] && [ -x "$pg_bin/postgres" ]`,
        shared: true,
        adopting: `${postgresFunctions()}
pg_find ${quote(cluster)}
if [ -e "$pg_config/${settingsFile}" ]; then keep_original "$pg_config/${settingsFile}"; fi`,
        lock: configurationLock,
      });
      return outputs(cluster, fields);
    } catch (error) {
      throw explained(error);
    }
  },

  async remove(ctx, { cluster, version, settings, packages }) {
    const result = await ctx.release({
      step: `take back what was made of PostgreSQL cluster ${cluster}`,
      text: `${functions()}
pg_find ${quote(cluster)}
if [ "$pg_version" ]; then
  file=$pg_config/${settingsFile}
  if [ "$adopted" = 1 ] && restore_original "$file"; then changed; else remove_file "$file"; fi
  if [ "$adopted" = 1 ] && [ "$pg_port" ] && [ -e "$in/.changed" ]; then
    pg_reload
    if [ "$(pg_sql postgres "$in/pending")" ]; then service_restart "postgresql@$pg_version-"${quote(cluster)}; fi
  fi
fi
[ "$adopted" = 0 ] && [ -e "$ledger_entry" ] || exit 0
for name in ${[...packages].reverse().map(quote).join(" ")} postgresql ${quote(`postgresql-${version}`)}; do
  if [ "$(package_version "$name")" ]; then package_remove "$name" 0; fi
done
if [ -d "$pg_data" ]; then field data "$pg_data"; fi`,
      files: { pending: renderPending(Object.keys(settings)) },
      lock: configurationLock,
    });
    const { needed, data } = result?.fields ?? {};
    if (needed) ctx.warn(`PostgreSQL stays installed: ${needed} needs it`);
    if (data) ctx.info(`the cluster's data stays in ${data}, its configuration in /etc/postgresql`);
  },
});

function outputs(cluster: string, fields: Readonly<Record<string, string>>) {
  const version = fields.version!;
  return { version, port: Number(fields.port), service: `postgresql@${version}-${cluster}` };
}

/** Names as the program writes them: PostgreSQL takes capitals for small letters. */
function spelled(found: Record<string, string>, known: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => [
      known.find((other) => other.toLowerCase() === name.toLowerCase()) ?? name,
      value,
    ]),
  );
}

function explained(error: unknown): unknown {
  if (!(error instanceof ScriptFailed)) return error;
  const said = serverMessage(error.stderr);
  if (error.code === JUDGED_UNFIT)
    return new Error(`settings are refused by PostgreSQL, nothing was changed: ${said}`, {
      cause: error,
    });
  if (error.code === DID_NOT_START)
    return new Error(
      `PostgreSQL does not start with these settings, and they were taken back: ${said}`,
      {
        cause: error,
      },
    );
  return error;
}
