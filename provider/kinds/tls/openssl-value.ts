/**
 * A value in OpenSSL's configuration files (config(5ssl)) that stands for exactly this text: `$` would expand a variable,
 * `#` begin a comment, quotes and a backslash vanish. Throws on what a line cannot carry.
 */
export function opensslValue(text: string): string {
  if (/[\0\r\n]/.test(text)) throw new Error("a value of OpenSSL's configuration is one line");
  if (text !== text.trim() || text === "")
    throw new Error("a value of OpenSSL's configuration has text at both ends");
  return text.replace(/[\\$#"'`;,=@]/g, "\\$&");
}
