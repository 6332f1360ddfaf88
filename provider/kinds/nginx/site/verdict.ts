/** What nginx says without its name before it and without the summary after it. */
export function nginxMessage(printed: string): string {
  return printed
    .split("\n")
    .filter(
      (line) =>
        line.trim() !== "" && !/configuration file .* test (failed|is successful)$/.test(line),
    )
    .map((line) => line.replace(/^nginx: /, ""))
    .join("\n");
}

/** The error for a site that was judged unfit, and the verdict on the configuration without it. */
export function explainVerdict(path: string, verdict: string, without: string | undefined): string {
  const message = nginxMessage(verdict);
  if (without !== undefined)
    return (
      `nginx refuses its configuration also without this site, so nothing can be added until that is mended: ` +
      `${nginxMessage(without)}`
    );
  return `config is refused by nginx, nothing was changed: ${message}${message.includes(path) ? "" : ` (with ${path} in place)`}`;
}
