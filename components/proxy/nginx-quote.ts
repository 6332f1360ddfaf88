/**
 * One argument of an nginx directive. Plain words stay as they are; anything else is put in quotes, where nginx knows
 * `\"` and `\\`. A `$` starts a variable even in quotes, and nothing escapes it: what is not to have one is refused
 * before.
 */
export function nginxQuote(argument: string): string {
  if (/\p{Cc}/u.test(argument))
    throw new Error("An argument of an nginx directive has a control character");
  if (/^[A-Za-z0-9_\-./:@=+,%*~^|?$[\]()]+$/.test(argument)) return argument;
  return `"${argument.replace(/[\\"]/g, "\\$&")}"`;
}
