import { execFile } from "node:child_process";

/** Splits a list of tags, lower-cases, sorts and joins them; an empty list is kept as a blank. */
export function normaliseTags(tags: string): string {
  const list = tags
    .split(/[,;\s]+/)
    .filter((tag) => tag !== "")
    .map((tag) => tag.toLowerCase());
  return [...new Set(list)].sort().join(";") || " ";
}

export const splitList = (text: string): string[] =>
  text.split(/[,;\s\0]+/).filter((item) => item !== "");

/** The SHA-256 crypt hash (`$5$...`) of a password, made by openssl; the password goes over standard input. */
export function cryptPassword(password: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile("openssl", ["passwd", "-5", "-stdin"], (error, stdout) => {
      if (error === null) resolve(stdout.trim());
      else reject(new Error("Cannot hash the password with openssl passwd"));
    });
    child.stdin?.end(`${password}\n`);
  });
}
