/** Words that systemd reads as they stand: no quote, escape, specifier or variable in them. */
const plain = /^[A-Za-z0-9_/.:=@,+-]+$/;

/** A percent sign begins a specifier (systemd.unit(5)). Pure. */
export function escapeSpecifiers(text: string): string {
  return text.replaceAll("%", "%%");
}

export function unescapeSpecifiers(text: string): string {
  return text.replaceAll("%%", "%");
}

/** One word of a value that systemd splits into words (systemd.syntax(7)). Pure. */
export function quoteWord(word: string): string {
  if (plain.test(word)) return word;
  const quoted = word
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t")
    .replace(/\p{Cc}/gu, (c) =>
      c.charCodeAt(0) < 0x80 ? `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}` : c,
    );
  return `"${escapeSpecifiers(quoted)}"`;
}

/** An argument of a command line, where a dollar sign begins a variable (systemd.service(5)). Pure. */
export function quoteArgument(argument: string): string {
  return quoteWord(argument.replaceAll("$", "$$$$"));
}

const escapes: Record<string, string> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  s: " ",
};

/** Splits a value into words and takes quotes and escapes off, as systemd does. Pure. */
export function splitWords(value: string): string[] {
  const words: string[] = [];
  const token =
    /[ \t\n\r]+|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|((?:[^ \t\n\r"'\\]|\\.)+)|(["'\\])/gsu;
  let word: string | undefined;
  for (const [whole, double, single, bare, stray] of value.matchAll(token)) {
    const part = double ?? single ?? bare ?? stray;
    if (part !== undefined) word = (word ?? "") + unescapeWord(part);
    else if (/^[ \t\n\r]/.test(whole) && word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}

function unescapeWord(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/gsu, (_, hex?: string, char?: string) =>
    hex ? String.fromCharCode(parseInt(hex, 16)) : (escapes[char!] ?? char!),
  );
}
