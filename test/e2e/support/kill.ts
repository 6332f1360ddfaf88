import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import type { Project, ProviderLogLine, Run } from "./project";

/** Who is killed: the provider's process, or the engine. */
export type Victim = "provider" | "engine";

/** The provider's log so far, while it is still being written. */
export function logSoFar(project: Project): ProviderLogLine[] {
  if (!existsSync(project.logFile)) return [];
  const lines = readFileSync(project.logFile, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as ProviderLogLine);
}

/** How many scripts that change something have begun on a host. */
export function scriptsBegun(log: readonly ProviderLogLine[]): number {
  return log.filter((line) => line.event === "script" && /^write|^make/.test(String(line.step)))
    .length;
}

/**
 * Starts `up` and ends the victim with SIGKILL as soon as `moment` is true of the provider's log. What keeps a next
 * `up` from starting is then taken away as a person would; with `forget`, the state is put back to what it was before.
 */
export async function killUp(
  project: Project,
  victim: Victim,
  moment: (log: readonly ProviderLogLine[]) => boolean,
  forget: boolean,
): Promise<Run> {
  const before = await project.exportState();
  project.providerLog();
  const { child, ended } = project.startUp();
  for (;;) {
    const log = logSoFar(project);
    if (moment(log)) {
      process.kill(victim === "engine" ? child.pid! : (log.at(-1)!.pid as number), "SIGKILL");
      break;
    }
    if (child.exitCode !== null) {
      throw new Error(`up ended before the ${victim} could be killed\n${(await ended).output}`);
    }
    await sleep(2);
  }
  const run = await ended;
  if (run.code === 0) throw new Error(`up went well though the ${victim} was killed`);
  // A killed engine leaves its lock on the state.
  if (victim === "engine") await project.run(["cancel", "--yes", "--stack", project.stack]);
  if (forget) await project.importState(before);
  return run;
}
