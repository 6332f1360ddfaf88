import type { MachineConnection } from "../schema";
import type { Reply } from "./channel";
import { describeHost, ScriptFailed, ScriptTimedOut } from "./errors";
import { parseFields } from "./script-text";
import { DEFAULT_TIMEOUT_MS, type Script, type ScriptResult } from "./shell";

/** What a script gave back; throws when it took too long, or failed. Pure. */
export function scriptResult(
  connection: MachineConnection,
  script: Script,
  reply: Reply,
): ScriptResult {
  const step = stepOn(connection, script);
  const stderr = reply.stderr.toString("utf8");
  if (reply.timedOut) {
    const seconds = Math.round((script.timeoutMs ?? DEFAULT_TIMEOUT_MS) / 1000);
    throw new ScriptTimedOut(
      `${step}: took longer than ${seconds} s and was ended${tail(stderr, "; it said: ")}`,
    );
  }
  if (reply.code !== 0 && !script.answers?.includes(reply.code)) {
    const said = tail(stderr, "") || tail(reply.stdout.toString("utf8"), "");
    throw new ScriptFailed(`${step}: ${said || `exit code ${reply.code}`}`, reply.code, stderr);
  }
  const { fields, rest } = parseFields(reply.stdout);
  return { code: reply.code, stdout: rest, stderr, fields };
}

/** `read /etc/hosts on root@10.77.0.53`. */
export function stepOn(connection: MachineConnection, { step }: Pick<Script, "step">): string {
  return `${step} on ${describeHost(connection)}`;
}

/** The last lines of what a program said. */
export function tail(text: string, before: string): string {
  const lines = text.trim().split("\n").slice(-20).join("\n");
  // Not within a word: half a secret would not be recognised as one.
  const said = lines.length > 4000 ? lines.slice(-4000).replace(/^\S*/, "...") : lines;
  return said && before + said;
}
