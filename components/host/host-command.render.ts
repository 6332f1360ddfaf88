/** Quotes a text as one word of a shell's command line. Pure. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The command line that runs a script as root: as it is for root, through sudo for anybody else. Pure. */
export function renderCommand(script: string, user: string): string {
  return user === "root" ? script : `sudo -n -H -- sh -c ${quote(script)}`;
}

/**
 * Types of host keys in the order in which the SSH client of `@pulumi/command` (Go's x/crypto/ssh) asks for them. It
 * takes one key and refuses a host that offers another of its own, so the one given has to be the first it asks for.
 */
const asked = ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"];

/** The one key, of a host's public keys one a line, that its commands are to pin. Pure. */
export function pinnedHostKey(hostKey: string): string {
  const keys = hostKey
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const rank = (key: string): number => {
    const at = asked.indexOf(key.split(/\s/)[0]!);
    return at < 0 ? asked.length : at;
  };
  return [...keys].sort((a, b) => rank(a) - rank(b))[0] ?? "";
}
