import type { Checker } from "./checker";

const TYPES = [
  "ssh-ed25519",
  "ssh-rsa",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "sk-ssh-ed25519@openssh.com",
  "sk-ecdsa-sha2-nistp256@openssh.com",
];

/** One public key as `ssh-keygen` prints it: the blob has to name the same type as the line. */
export const checkPublicKey: Checker = (value) => {
  if (typeof value === "string" && value.includes("PRIVATE KEY"))
    return "use the public key (the .pub file), never the private one";
  const hint = "use the line of a public key file: ssh-ed25519 AAAA... comment";
  if (typeof value !== "string" || /[\r\n]/.test(value.trim())) return hint;
  const [type = "", blob = ""] = value.trim().split(/[ \t]+/);
  if (!TYPES.includes(type) || !/^[A-Za-z0-9+/]+={0,2}$/.test(blob)) return hint;
  const bytes = Buffer.from(blob, "base64");
  if (bytes.length < 4) return hint;
  const length = bytes.readUInt32BE(0);
  return bytes.subarray(4, 4 + length).toString("latin1") === type && bytes.length > 4 + length + 4
    ? undefined
    : "use a whole public key: this one is cut or damaged";
};

/** Whether a value must never be shown in an error because it looks like a private key. */
export function looksPrivate(value: unknown): boolean {
  return typeof value === "string" && value.includes("PRIVATE KEY");
}
