/**
 * Takes secret texts out of a message. Lines of a secret count one by one, since programs quote lines; what is shorter
 * than four characters is left, because it would be found everywhere.
 */
export function redact(message: string, secrets: readonly string[]): string {
  const parts = new Set(
    secrets
      .flatMap((secret) => [secret, ...secret.split("\n")])
      .map((part) => part.trim())
      .filter((part) => part.length >= 4),
  );
  let text = message;
  for (const part of [...parts].sort((a, b) => b.length - a.length)) {
    text = text.replaceAll(part, "[secret]");
  }
  return text;
}
