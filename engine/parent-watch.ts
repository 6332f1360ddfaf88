/** How often the parent is looked for, in milliseconds. */
const period = 1_000;

/**
 * Calls back once the process that started this one has gone. The engine ends its plugins when it
 * ends, but a killed engine cannot.
 */
export function onParentGone(callback: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, period);
  timer.unref();
}
