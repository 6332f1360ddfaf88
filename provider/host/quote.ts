/**
 * One word of POSIX sh that stands for exactly this text. The only way in which a value gets into a script.
 * Throws on a NUL, which no shell can carry.
 */
export function quote(text: string): string {
  if (text.includes("\0")) throw new Error("a shell word cannot contain a NUL character");
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
