import { checkDnsName, checkHostName } from "../../../../validation/dns-name";
import type { Checker } from "../../../../validation/checker";
import { canonicalIP, checkIPv4, checkIPv6 } from "../../../../validation/ip-address";
import type { InputsOf } from "../../../schema";
import { parseStrings, parseTxt, quoteString, renderTxt } from "./character-strings";
import type { recordSchema } from "./schema";

export type RecordType = InputsOf<typeof recordSchema>["type"];

/** One value understood, or what to write instead. */
export type Understood = { data: string } | { fix: string };

/**
 * A value as given, in the one notation in which equal values are equal texts and which nsupdate takes: names absolute
 * and in lower case, IPv6 as RFC 5952 writes it, hexadecimal digits in upper case, TXT quoted. Pure.
 */
export function understand(type: RecordType, value: string): Understood {
  if (type === "TXT") return understandText(value);
  if (/[^ -~\t]/.test(value)) return { fix: "use printable ASCII characters in one line" };
  const words = value.trim().split(/[ \t]+/);
  switch (type) {
    case "A":
      return address(value, checkIPv4);
    case "AAAA":
      return address(value, checkIPv6);
    case "CNAME":
    case "PTR":
      return withTarget([], words, { shape: NAME_SHAPE, checkTarget: checkDnsName });
    // BIND's check-names: what these point to has to be a host, without underscores.
    case "NS":
      return withTarget([], words, { shape: NAME_SHAPE, checkTarget: checkHostName });
    case "MX": {
      const shape = `preference and mail server: 10 ${EXAMPLE}`;
      return withTarget([65535], words, { shape, checkTarget: checkHostName, none: true });
    }
    case "SRV": {
      const shape = `priority, weight, port and target: 0 0 389 ${EXAMPLE}`;
      const limits = [65535, 65535, 65535];
      return withTarget(limits, words, { shape, checkTarget: checkHostName, none: true });
    }
    case "CAA":
      return understandCaa(value);
    case "SSHFP":
      return withDigest([255, 255], words, "algorithm, type and fingerprint: 4 2 0123...", {
        1: 40,
        2: 64,
      });
    case "TLSA":
      return withDigest(
        [255, 255, 255],
        words,
        "usage, selector, matching type and data: 3 1 1 0123...",
        { 1: 64, 2: 128 },
      );
  }
}

/** The data of a value that passed the check, in nsupdate's notation. */
export function dataOf(type: RecordType, value: string): string {
  const understood = understand(type, value);
  // State may hold what somebody set by hand and no person would write, such as a TXT record that is no UTF-8.
  return "data" in understood ? understood.data : value;
}

/** A value as the name server prints it, in the notation of `understand`. Kept as it is when that knows it not. */
export function canonicalData(type: RecordType, data: string): string {
  if (type === "TXT") {
    const text = parseTxt(data);
    return text === undefined ? data : renderTxt(text);
  }
  const understood = understand(type, data);
  return "data" in understood ? understood.data : data;
}

/** A value as a person writes it, from the notation of `canonicalData`: TXT as plain text. */
export function plainValue(type: RecordType, data: string): string {
  return type === "TXT" ? (parseTxt(data) ?? data) : data;
}

const EXAMPLE = "mail.home.arpa.";
const NAME_SHAPE = `the name of a host with the dot at the end, ${EXAMPLE}`;

function address(value: string, checker: typeof checkIPv4): Understood {
  const fix = checker(value);
  return fix === undefined ? { data: canonicalIP(value) } : { fix };
}

function understandText(value: string): Understood {
  // A lone surrogate has no UTF-8 form and would silently become another character.
  if (/\p{Surrogate}/u.test(value)) return { fix: "use a text without broken Unicode characters" };
  return { data: renderTxt(value) };
}

function numbers(limits: readonly number[], words: readonly string[]): string[] | undefined {
  const found = words.slice(0, limits.length);
  const good = limits.every((limit, index) => {
    const word = found[index] ?? "";
    return /^\d{1,5}$/.test(word) && Number(word) <= limit;
  });
  return good ? found.map((word) => String(Number(word))) : undefined;
}

/** Numbers, then the name of a host; the lone dot says "none" in MX (RFC 7505) and SRV (RFC 2782). */
function withTarget(
  limits: readonly number[],
  words: readonly string[],
  rules: { shape: string; checkTarget: Checker; none?: boolean },
): Understood {
  const { shape, checkTarget, none = false } = rules;
  const found = numbers(limits, words);
  const target = words[limits.length] ?? "";
  if (!found || words.length !== limits.length + 1 || target === "") return { fix: `use ${shape}` };
  if (target === ".")
    return none ? { data: [...found, "."].join(" ") } : { fix: `use ${shape}, not the root` };
  const problem = checkTarget(target);
  if (problem !== undefined) return { fix: `use ${shape}: ${problem}` };
  if (!target.includes("."))
    return { fix: `use the whole name with the dot at the end, such as ${target}.home.arpa.` };
  if (!target.endsWith("."))
    return { fix: `end the name with a dot, ${target}. : without it a zone's name would follow` };
  return { data: [...found, target.toLowerCase()].join(" ") };
}

function withDigest(
  limits: readonly number[],
  words: readonly string[],
  shape: string,
  lengths: Readonly<Record<number, number>>,
): Understood {
  const found = numbers(limits, words);
  const digits = words.slice(limits.length).join("").toUpperCase();
  if (!found || digits === "" || digits.length % 2 || !/^[0-9A-F]+$/.test(digits))
    return { fix: `use ${shape}, in hexadecimal digits` };
  const length = lengths[Number(found.at(-1))];
  if (length !== undefined && digits.length !== length)
    return {
      fix: `use ${length} hexadecimal digits for type ${found.at(-1)}, not ${digits.length}`,
    };
  return { data: [...found, digits].join(" ") };
}

/** RFC 8659, section 4.1: flags, a tag of letters and digits, a value that is quoted here. */
function understandCaa(value: string): Understood {
  const [, flags = "", tag = "", rest = ""] =
    /^\s*(\d{1,3})[ \t]+([A-Za-z0-9]{1,15})[ \t]+(.*)$/.exec(value) ?? [];
  const strings = parseStrings(rest);
  if (flags === "" || Number(flags) > 255 || strings?.length !== 1)
    return { fix: 'use flags, tag and value: 0 issue "letsencrypt.org"' };
  return { data: `${Number(flags)} ${tag.toLowerCase()} ${quoteString(strings[0]!)}` };
}
