import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { changes, type Project, type ProviderLogLine, type Run } from "../../support/project";

/** Runs `up` and says what it changed; fails with the engine's output when it fails. */
export async function up(project: Project, ...args: string[]): Promise<Record<string, string[]>> {
  return changes(await project.apply(...args));
}

/** Runs `refresh`: the differing properties by resource, and the resources that are gone. */
export async function refresh(project: Project): Promise<Record<string, string[] | "gone">> {
  const run = await project.refresh();
  assert.equal(run.code, 0, run.output);
  const drift: Record<string, string[] | "gone"> = {};
  for (const { name, op, diffs } of run.steps) {
    if (op === "delete") drift[name] = "gone";
    else if (diffs.length > 0) drift[name] = [...diffs].sort();
  }
  return drift;
}

export async function destroy(
  project: Project,
  ...args: string[]
): Promise<Record<string, string[]>> {
  const run = await project.destroy(...args);
  assert.equal(run.code, 0, run.output);
  return changes(run);
}

/** Asserts that `up` finds nothing to do and speaks to no host. */
export async function assertNoChange(project: Project): Promise<void> {
  project.providerLog();
  assert.deepEqual(await up(project), {});
  assert.deepEqual(
    project.providerLog().filter(({ event }) => event !== "rpc"),
    [],
    "no connection, no script",
  );
}

/** Runs `up`, which has to fail; gives its error messages as one text. */
export async function upError(project: Project, ...args: string[]): Promise<string> {
  const run = await project.up(...args);
  assert.notEqual(run.code, 0, run.output);
  return run.errors.join("\n");
}

/**
 * Starts `up`, ends the provider with SIGKILL as soon as `moment` is true of its log, and puts the state back to what it
 * was before.
 */
export async function killHalfWay(
  project: Project,
  moment: (log: readonly ProviderLogLine[]) => boolean,
): Promise<Run> {
  const before = await project.exportState();
  project.providerLog();
  const { child, ended } = project.startUp();
  for (;;) {
    const log = readLog(project.logFile);
    if (moment(log)) {
      process.kill(log.at(-1)!.pid as number, "SIGKILL");
      break;
    }
    assert.equal(child.exitCode, null, "up ended before the provider could be killed");
    await sleep(2);
  }
  const run = await ended;
  assert.notEqual(run.code, 0, "an up whose provider is killed fails");
  await project.importState(before);
  return run;
}

function readLog(file: string): ProviderLogLine[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as ProviderLogLine);
}

/** How many scripts with such a step have begun. */
export function scripts(log: readonly ProviderLogLine[], step: RegExp): number {
  return log.filter((line) => line.event === "script" && step.test(String(line.step))).length;
}
