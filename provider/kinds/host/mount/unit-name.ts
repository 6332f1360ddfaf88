/** The longest name of a unit, UNIT_NAME_MAX of systemd without the NUL at the end. */
const LONGEST = 255;

/** A path as systemd writes it in a unit's name: the rule of systemd-escape(1), --path. For a path in its shortest form. */
export function escapePath(path: string): string {
  const bare = path.replace(/^\/+|\/+$/g, "");
  if (bare === "") return "-";
  return [...Buffer.from(bare)]
    .map((byte, index) => {
      const character = String.fromCharCode(byte);
      if (character === "/") return "-";
      const plain = /[A-Za-z0-9:_.]/.test(character) && !(index === 0 && character === ".");
      return plain ? character : `\\x${byte.toString(16).padStart(2, "0")}`;
    })
    .join("");
}

/** Whether the mount point's units have names that systemd takes. */
export function fitsUnitName(path: string): boolean {
  return `${escapePath(path)}.automount`.length <= LONGEST;
}
