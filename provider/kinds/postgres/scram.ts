import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";

/** PostgreSQL's own number (SCRAM_SHA_256_DEFAULT_ITERATIONS; RFC 7677 asks for at least that). */
const ITERATIONS = 4096;
/** Bytes of salt, as PostgreSQL's own (SCRAM_DEFAULT_SALT_LEN). */
const SALT = 16;

/**
 * What PostgreSQL keeps of a password (pg_authid.rolpassword): enough to check it, not to log in with. Given this instead of
 * the password, the server never sees the password itself, and so cannot log it. The password is ASCII: other characters would
 * have to be prepared as RFC 4013 says.
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(SALT)): string {
  const { stored, server } = keys(password, salt, ITERATIONS);
  const [one, two] = [stored.toString("base64"), server.toString("base64")];
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${one}:${two}`;
}

/** Whether a verifier is one of this password. False for what is no SCRAM verifier, such as an MD5 hash. */
export function verifies(verifier: string | null | undefined, password: string): boolean {
  const [, count, salt, stored] =
    /^SCRAM-SHA-256\$(\d{1,7}):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):[A-Za-z0-9+/=]+$/.exec(
      verifier ?? "",
    ) ?? [];
  if (!salt || !stored || Number(count) < 1) return false;
  const expected = keys(password, Buffer.from(salt, "base64"), Number(count)).stored;
  const found = Buffer.from(stored, "base64");
  return found.length === expected.length && timingSafeEqual(found, expected);
}

/** RFC 5802, 3. */
function keys(password: string, salt: Buffer, iterations: number) {
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const hmac = (text: string) => createHmac("sha256", salted).update(text).digest();
  return {
    stored: createHash("sha256").update(hmac("Client Key")).digest(),
    server: hmac("Server Key"),
  };
}
