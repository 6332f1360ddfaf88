/** Kills the processes of a list until it is empty; what was just being started is caught by the next look. */
export async function killAll(list: () => number[] | Promise<number[]>): Promise<void> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const pids = await list();
    if (pids.length === 0) return;
    if (Date.now() > deadline) throw new Error(`processes do not end: ${pids.join(", ")}`);
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
