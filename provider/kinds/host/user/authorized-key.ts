import type { Checker } from "../../../../validation/checker";
import { checkPublicKey } from "../../../../validation/ssh-key";

/** Options before a key (sshd(8), AUTHORIZED_KEYS FILE FORMAT): words with values in double quotes, no space outside. */
const OPTIONS = /^(?:[A-Za-z0-9@.-]+(?:="(?:[^"\\]|\\.)*")?,?)+[ \t]+(?=\S)/;
const KEY_TYPE = /^(?:sk-)?(?:ssh|ecdsa)-\S+[ \t]/;

/** One line of authorized_keys: a public key, with or without options before it. */
export const checkAuthorizedKey: Checker = (value) => {
  if (typeof value !== "string") return checkPublicKey(value);
  const line = value.trim();
  const control = "use one line without control characters";
  if (/[^\P{Cc}\t]/u.test(line) && !line.includes("PRIVATE KEY")) return control;
  return checkPublicKey(KEY_TYPE.test(line) ? line : line.replace(OPTIONS, ""));
};

/** The lines as they stand in the file. */
export function keyLines(keys: readonly string[]): string {
  return keys.map((key) => `${key.trim()}\n`).join("");
}

/** The keys in a text of the file, in the program's own notation where they are the same. */
export function parseKeyLines(text: string, written: readonly string[] = []): string[] {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.map((line) => written.find((key) => key.trim() === line) ?? line);
}
