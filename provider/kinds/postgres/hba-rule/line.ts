import type { InputsOf, OwnInputsOf } from "../../../schema";
import { joinName } from "../name";
import type { hbaRuleSchema } from "./schema";

type Rule = Omit<InputsOf<typeof hbaRuleSchema>, "host" | "adopt">;
type Identity = Pick<
  OwnInputsOf<typeof hbaRuleSchema>,
  "cluster" | "type" | "database" | "user" | "address"
>;

/** Words that PostgreSQL takes for more than a name when they are not quoted (20.1 of its manual). */
const WIDE = { database: ["all", "replication"], user: ["all"] };

/** `main/host/gitea/gitea/10.77.0.80/32`. Pure. */
export function ruleName({ cluster, type, database, user, address }: Identity): string {
  const name = joinName(cluster, type, database, user);
  return address === undefined ? name : `${name}/${address}`;
}

/** The rule of a name; undefined when it is none. Pure. */
export function parseRuleName(physical: string): Identity | undefined {
  const [, cluster, type, database, user, address] =
    /^([^/]+)\/(host|hostssl|hostnossl|local)\/([^/]+)\/([^/]+)(?:\/(.+))?$/.exec(physical) ?? [];
  if (!cluster || !database || !user) return undefined;
  const identity = {
    cluster,
    type: type as Rule["type"],
    database: decodeURIComponent(database),
    user: decodeURIComponent(user),
  };
  return address === undefined ? identity : { ...identity, address };
}

/** The mark by which a rule's line is known: no blank, and no backslash that would join it with the next line. Pure. */
export function ruleTag(physical: string): string {
  return physical.replace(/[\s\\]/g, encodeURIComponent);
}

/** A rule's line without its mark. Pure. */
export function renderHbaLine(rule: Rule): string {
  return [
    rule.type,
    WIDE.database.includes(rule.database) ? rule.database : hbaToken(rule.database),
    WIDE.user.includes(rule.user) ? rule.user : hbaToken(rule.user),
    ...(rule.address === undefined ? [] : [rule.address]),
    rule.method,
    ...Object.entries(rule.options)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => hbaToken(`${name}=${value}`)),
  ].join(" ");
}

/** A rule's line with its mark, as it stands in the file. Pure. */
export function renderMarkedLine(rule: Rule): string {
  return `${renderHbaLine(rule)} # labwright ${rule.order} ${ruleTag(ruleName(rule))}`;
}

/** A word of pg_hba.conf, always quoted, so that it means nothing but itself. */
export function hbaToken(text: string): string {
  if (/[\0\n\r]/.test(text)) throw new Error("a line of pg_hba.conf cannot hold a line break");
  return `"${text.replaceAll('"', '""')}"`;
}

/** What a marked line says, whoever wrote it. Words that no rule of ours has are given as they stand. Pure. */
export function parseMarkedLine(line: string): Omit<Rule, "cluster"> {
  const [, text = line, order = "100"] = /^(.*) # labwright (\d+) \S+$/.exec(line) ?? [];
  const words = tokens(text);
  const type = words.shift() ?? "";
  const [database = "", user = ""] = words.splice(0, 2);
  const address = type === "local" ? undefined : [words.shift()];
  // An address may be followed by a mask.
  if (address && /^[\d.]+$|^[0-9a-f:]+$/i.test(words[0] ?? "")) address.push(words.shift());
  const method = words.shift() ?? "";
  return {
    type: type as Rule["type"],
    database,
    user,
    address: address?.join(" "),
    method: method as Rule["method"],
    options: Object.fromEntries(
      words.map((word) => [word.split("=")[0]!, word.slice(word.indexOf("=") + 1)]),
    ),
    order: Number(order),
  };
}

/** Words of a line as PostgreSQL splits it: by blanks that are in no quotes; quotes are taken off. */
function tokens(line: string): string[] {
  return (line.match(/(?:"(?:[^"]|"")*"|[^\s"])+/g) ?? []).map((word) =>
    word.replace(/"((?:[^"]|"")*)"/g, (_, inner: string) => inner.replaceAll('""', '"')),
  );
}
