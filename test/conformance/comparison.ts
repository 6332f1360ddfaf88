import type { MadeUpValues } from "./made-up-values";

export interface Difference {
  at: string;
  expected: unknown;
  actual: unknown;
}

const words = (text: string): Set<string> => new Set(text.split(/\s+/));

/** Measured, counted and clock values: any number will do. */
const MEASURED = words(
  `uptime time localtime ctime starttime endtime pstart snaptime next-run pid cpu mem memhost wait idle diskread diskwrite
   netin netout used used_fraction avail available free`,
);
/** The host's own sizes; those of a guest are compared. */
const HOST_SIZES = words("maxdisk maxmem maxcpu disk total");
/** Versions, names of builds, what belongs to one installation, and credentials: any text will do. */
const INSTALLATION = words(
  "version release repoid pveversion kversion running-qemu running-machine ssl_fingerprint loadavg ticket CSRFPreventionToken",
);
/** Below these keys only the kinds of values count. */
const STATISTICS = words("blockstat statistics");
/** Comma lists in any order; and values that are sometimes a number and sometimes a text. */
const UNORDERED = words("content");
const LOOSELY_TYPED = words("saved");
/** Parts of texts that depend on time, speed or version. */
const VOLATILE = [
  /\bctime=\d+/g,
  /\bcreation-qemu=[\d.]+/g,
  /\bpc-(?:i440fx|q35)-[\d.]+(?:\+pve\d+)?/g,
  /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g,
  /\([\d.]+ [KMG]?B\/s\)/g,
  /tmp_dwnl\.\d+/g,
];
/** What tells the entries of a list apart, best first. */
const IDENTITIES = [
  "upid",
  "volid",
  "id",
  "vmid",
  "n",
  "pos",
  "key",
  "name",
  "subdir",
  "iface",
  "storage",
];
/** What is certain of a guest that the status daemon has not seen. */
const FIRST_KEYS = ["id", "node", "type", "vmid"];

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  value !== null && typeof value === "object" && !Array.isArray(value);
const kind = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
const steady = (text: string): string =>
  VOLATILE.reduce((rest, pattern) => rest.replace(pattern, "~"), text);

interface Place {
  at: string;
  key?: string;
  loose: boolean;
  host: boolean;
}

export interface ComparisonOptions {
  ignore?: string[];
  young?: number[];
  loose?: boolean;
  truncated?: boolean;
}

/** Compares an answer with the recorded one, and learns the values that the server made up. */
export function compare(
  expected: unknown,
  actual: unknown,
  values: MadeUpValues,
  options: ComparisonOptions = {},
): Difference[] {
  return new Comparison(values, options, true).at(expected, actual, {
    at: "",
    loose: !!options.loose,
    host: false,
  });
}

class Comparison {
  private readonly ignored: RegExp[];

  constructor(
    private readonly values: MadeUpValues,
    private readonly options: ComparisonOptions,
    private readonly learns: boolean,
  ) {
    this.ignored = (options.ignore ?? []).map((name) => new RegExp(`^${name.replace("*", ".*")}$`));
  }

  at(expected: unknown, actual: unknown, place: Place): Difference[] {
    const key = place.key ?? "";
    const loose = place.loose || STATISTICS.has(key);
    const differs = (): Difference[] => [{ at: place.at, expected, actual }];
    if (LOOSELY_TYPED.has(key) && String(expected) === String(actual)) return [];
    if (kind(expected) !== kind(actual)) return differs();
    if (isObject(expected) && isObject(actual))
      return this.objects(expected, actual, { ...place, loose });
    if (Array.isArray(expected) && Array.isArray(actual))
      return this.lists(expected, actual, { ...place, loose });
    if (loose || expected === actual) return [];
    if (typeof expected === "string")
      return this.isSameText(expected, String(actual), key) ? [] : differs();
    return typeof expected === "number" && this.isMeasured(key, place) ? [] : differs();
  }

  private isMeasured(key: string, { host }: Place): boolean {
    return MEASURED.has(key) || key.startsWith("pressure") || (host && HOST_SIZES.has(key));
  }

  private isSameText(expected: string, actual: string, key: string): boolean {
    if (INSTALLATION.has(key)) return true;
    if (this.learns) this.values.learn(expected, actual);
    const sorted = (text: string): string =>
      UNORDERED.has(key) ? text.split(",").sort().join() : text;
    return (
      steady(sorted(this.values.resolve(expected))) === steady(sorted(actual)) &&
      isSameTask(expected, actual)
    );
  }

  private objects(expected: Json, actual: Json, place: Place): Difference[] {
    const host =
      expected.type === "node" ||
      expected.type === "storage" ||
      ("avail" in expected && "total" in expected);
    const isYoung =
      expected.status === "unknown" && this.options.young?.includes(Number(expected.vmid));
    const keys = isYoung
      ? FIRST_KEYS
      : [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
    return keys
      .filter((key) => !this.ignored.some((pattern) => pattern.test(key)))
      .flatMap((key) => {
        const at = place.at === "" ? key : `${place.at}.${key}`;
        return this.at(expected[key], actual[key], { ...place, at, key, host });
      });
  }

  private lists(expected: unknown[], actual: unknown[], place: Place): Difference[] {
    if (place.loose)
      return expected.length > 0 && actual.length > 0
        ? this.at(expected[0], actual[0], { ...place, at: `${place.at}[0]` })
        : [];
    const identity = identityOf(expected);
    const left = [...actual];
    const found: Difference[] = [];
    const label = (item: unknown): string =>
      `${place.at}[${identity !== undefined && isObject(item) ? `${identity}=${String(item[identity])}` : ""}]`;
    const pair = (item: unknown, i: number): void => {
      found.push(
        ...this.at(item, left.splice(i, 1)[0], { ...place, at: label(item), key: place.key }),
      );
    };
    const unpaired = expected.filter((item) => {
      const i = left.findIndex((other) => this.belong(item, other, identity, place));
      if (i >= 0) pair(item, i);
      return i < 0;
    });
    for (const item of unpaired) {
      const mayGuess = identity === undefined || identity === "upid";
      const distances = mayGuess ? left.map((other) => this.distance(item, other, place)) : [];
      if (distances.length > 0) pair(item, distances.indexOf(Math.min(...distances)));
      else found.push({ at: label(item), expected: item, actual: undefined });
    }
    if (!(this.options.truncated && place.at === "data"))
      found.push(
        ...left.map((other) => ({ at: label(other), expected: undefined, actual: other })),
      );
    return found;
  }

  private belong(
    item: unknown,
    other: unknown,
    identity: string | undefined,
    place: Place,
  ): boolean {
    if (identity === undefined) return this.distance(item, other, place) === 0;
    if (!isObject(item) || !isObject(other)) return false;
    return String(other[identity]) === this.values.resolve(String(item[identity]));
  }

  private distance(item: unknown, other: unknown, place: Place): number {
    return new Comparison(this.values, this.options, false).at(item, other, place).length;
  }
}

function identityOf(items: unknown[]): string | undefined {
  const isUnique = (key: string): boolean => {
    const found = items.map((item) => (isObject(item) ? item[key] : undefined));
    return found.every((value) => value !== undefined) && new Set(found).size === found.length;
  };
  return items.length === 0 ? undefined : IDENTITIES.find(isUnique);
}

/** Node, type, id and user of a task are not made up. */
function isSameTask(expected: string, actual: string): boolean {
  const parts = (text: string): string =>
    /^(UPID:[^:]+):(?:[^:]+:){2}[^:]+(:.*)$/.exec(text)?.slice(1).join(" ") ?? "";
  return parts(expected) === parts(actual);
}
