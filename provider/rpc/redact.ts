/** Where programs cut what they quote: blanks, quotes, brackets and the like. */
const betweenWords = /[\s"'`;,{}()[\]<>=]+/;
/** Shorter words would be found everywhere. */
const [SHORTEST_LINE, SHORTEST_WORD] = [4, 8];

/**
 * Takes secret texts out of a message. Lines of a secret and words of its lines count one by one, since programs quote
 * both: a wrong directive, a bad address.
 */
export function redact(message: string, secrets: readonly string[]): string {
  const lines = secrets
    .flatMap((secret) => [secret, ...secret.split("\n")])
    .map((line) => line.trim())
    .filter((line) => line.length >= SHORTEST_LINE);
  const words = lines
    .flatMap((line) => line.split(betweenWords))
    .filter((word) => word.length >= SHORTEST_WORD);
  let text = message;
  for (const part of [...new Set([...lines, ...words])].sort((a, b) => b.length - a.length)) {
    text = text.replaceAll(part, "[secret]");
  }
  return text;
}
