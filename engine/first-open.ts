import type { PartSource } from "./engine-part";
import type { Progress } from "./progress";

/** One way to get a part, and how the trial of it is told; looking around is not worth a line. */
export interface Trial<T> {
  source: PartSource;
  title?: string;
  run: () => Promise<T>;
}

/** Takes the first way that is open; if none is, says of each why not. */
export async function firstOpen<T>(
  part: string,
  trials: readonly Trial<T>[],
  progress: Progress,
): Promise<T & { source: PartSource }> {
  const reasons: string[] = [];
  for (const { source, title, run } of trials) {
    if (title !== undefined) progress.step(title);
    try {
      const result = await run();
      progress.done();
      return { ...result, source };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      progress.failed(reason.split("\n")[0]);
      reasons.push(`  - ${source}: ${reason.replaceAll("\n", "\n    ")}`);
    }
  }
  throw new Error(`Cannot get ${part}:\n${reasons.join("\n")}`);
}
