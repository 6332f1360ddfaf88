import * as fs from "node:fs";

/**
 * Appends one JSON line to the file in LABWRIGHT_LOG, when that is set: for each call of the engine, each connection and
 * each script. Names and times only, never a value.
 */
export function logActivity(
  event: "rpc" | "connect" | "connected" | "script" | "activate",
  about: object,
): void {
  const file = process.env.LABWRIGHT_LOG;
  if (!file) return;
  const line = JSON.stringify({
    time: new Date().toISOString(),
    pid: process.pid,
    event,
    ...about,
  });
  try {
    fs.appendFileSync(file, `${line}\n`, { mode: 0o600 });
  } catch (error) {
    // Pulumi shows what a provider writes here.
    process.stderr.write(`LABWRIGHT_LOG: ${(error as Error).message}\n`);
    delete process.env.LABWRIGHT_LOG;
  }
}
