/**
 * A word of a list that systemd splits at spaces and takes quotes off (config_parse_strv() in its source). There a
 * backslash is a plain character, so a quote goes between quotes of the other kind. Pure.
 */
export function quoteWord(word: string): string {
  if (/^[A-Za-z0-9_./:=,+@%^-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'"'"'`)}'`;
}

/** The words of such a list. Pure. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (const character of text) {
    if (quote) {
      if (character === quote) quote = "";
      else word += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (/[ \t]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** A path in a line whose parts are separated by colons, where a backslash takes the next character as it is. Pure. */
export function escapePath(path: string): string {
  return path.replace(/[\\:]/g, "\\$&");
}

/** The parts of such a line; the last one is as it is written. Pure. */
export function splitAtColons(text: string, parts: number): string[] {
  const found: string[] = [];
  let rest = text;
  while (found.length < parts - 1) {
    const [, part, colon = "", after = ""] = /^((?:\\.|[^\\:])*)(:?)(.*)$/s.exec(rest)!;
    found.push(part!.replace(/\\(.)/gs, "$1"));
    if (!colon) return found;
    rest = after;
  }
  return [...found, rest];
}
