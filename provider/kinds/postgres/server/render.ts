import { sqlArray } from "../sql";

/** Name of our file in conf.d: PostgreSQL reads them in the order of their names, and the last one to name a setting wins. */
export const settingsFile = "conf.d/99-labwright.conf";

/** A value in postgresql.conf (20.1.2 of PostgreSQL's manual): quotes are doubled, and a backslash escapes. */
export function confValue(value: string): string {
  if (/[\0\n\r]/.test(value)) throw new Error("a setting cannot hold a line break");
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** The text of our file. Pure. */
export function renderSettings(settings: Readonly<Record<string, string>>): string {
  const lines = Object.keys(settings)
    .sort()
    .map((name) => `${name} = ${confValue(settings[name]!)}\n`);
  return `# Kept by labwright.\n${lines.join("")}`;
}

const last = `select distinct on (lower(name)) name, setting, sourcefile from pg_catalog.pg_file_settings
  order by lower(name), seqno desc`;

/**
 * Statement that gives what the configuration files say: the settings of our file, and what other files say after it about
 * those that we want. One line of JSON: values by name. Pure.
 */
export function renderSettingsQuery(wanted: readonly string[]): string {
  const names = sqlArray(wanted.map((name) => name.toLowerCase()));
  return `select coalesce(pg_catalog.json_object_agg(name, setting), '{}') from (${last}) s
where sourcefile like '%/${settingsFile}' or lower(name) = any (${names});
`;
}

/** Statements that undo ALTER SYSTEM for these settings; they print a row for each. Pure. */
export function renderReset(names: readonly string[]): string {
  return `select pg_catalog.format('alter system reset %I', name) from (${last}) s
where sourcefile like '%/postgresql.auto.conf' and lower(name) = any (${sqlArray(names.map((n) => n.toLowerCase()))}) \\gexec
`;
}

/** Statement that gives a row for each of our settings that does not come from our file. Pure. */
export function renderOverridden(names: readonly string[]): string {
  const ours = names.map((name) => name.toLowerCase());
  return `select w.name || ' ' || coalesce('is overridden by ' || s.sourcefile || ': take it out there',
  'does not count: have postgresql.conf say include_dir = ''conf.d''')
from pg_catalog.unnest(${sqlArray(ours)}) w (name) left join (${last}) s on lower(s.name) = w.name
where s.sourcefile is null or s.sourcefile not like '%/${settingsFile}';
`;
}

/** Statement that gives a row for each of these settings that waits for a restart. Pure. */
export function renderPending(names: readonly string[]): string {
  return `select name from pg_catalog.pg_settings where pending_restart and lower(name) = any (${sqlArray(names.map((n) => n.toLowerCase()))});
`;
}

/** What PostgreSQL says without times, process ids and the summary. Pure. */
export function serverMessage(printed: string): string {
  return printed
    .split("\n")
    .map((line) => line.replace(/^\d{4}-\d\d-\d\d \S+ \S+ \[\d+\] (\S+@\S+ )?/, "").trim())
    .filter(
      (line) => line !== "" && !/^FATAL: +configuration file ".*" contains errors$/.test(line),
    )
    .join("\n");
}
