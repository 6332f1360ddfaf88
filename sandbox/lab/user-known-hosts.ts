import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Sandbox } from "./sandbox";

/** Where a sandbox remembers what it made in the user's home folder, one path a line, the outermost first. */
function noteFile(sandbox: Sandbox): string {
  return path.join(sandbox.dir, "made-at-home");
}

/** The user's known_hosts file: something has to be there for `exec` to mount over. */
export function ensureUserKnownHosts(sandbox: Sandbox, home = os.homedir()): string {
  const folder = path.join(home, ".ssh");
  const file = path.join(folder, "known_hosts");
  const made = [folder, file].filter((at) => !fs.existsSync(at));
  if (made.length > 0) {
    fs.appendFileSync(noteFile(sandbox), made.map((at) => `${at}\n`).join(""));
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.closeSync(fs.openSync(file, "a", 0o600));
  }
  return file;
}

/** Takes away what was made for `exec`, as long as nobody has put anything into it. */
export function forgetUserKnownHosts(sandbox: Sandbox): void {
  if (!fs.existsSync(noteFile(sandbox))) return;
  const made = fs.readFileSync(noteFile(sandbox), "utf8").split("\n").filter(Boolean);
  for (const at of made.reverse()) {
    const stat = fs.statSync(at, { throwIfNoEntry: false });
    if (stat?.isFile() && stat.size === 0) fs.rmSync(at);
    if (stat?.isDirectory() && fs.readdirSync(at).length === 0) fs.rmdirSync(at);
  }
}
