/**
 * Progress of long work, told one step at a time. Steps do not nest: starting one ends the step
 * before it as done.
 */
export interface Progress {
  /** Begins a step, named as what is being done: "Building the pulumi CLI". */
  step(title: string): void;
  /** A lasting line of its own; the running step goes on. */
  log(line: string): void;
  /** Ends the running step, with a few words on the result if there is something to say. */
  done(note?: string): void;
  /** Ends the running step as failed. Does nothing when no step runs. */
  failed(note?: string): void;
}

/** The part of a `tty.WriteStream` that progress is written to. */
export interface ProgressStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** How often the running step is told again, in milliseconds. */
const terminalPeriod = 1_000;
const logPeriod = 15_000;

/**
 * Progress on a stream, the standard error by default, so that results on the standard output stay
 * clean. A terminal shows one line that is updated in place with the seconds elapsed; anything else
 * (CI logs) gets a line at the start and the end of a step and one every 15 seconds.
 */
export function streamProgress(stream: ProgressStream = process.stderr): Progress {
  const terminal = stream.isTTY === true;
  let running: { title: string; start: number; timer: NodeJS.Timeout } | undefined;

  const seconds = (): string => `${Math.round((Date.now() - running!.start) / 1000)} s`;
  const clear = (): void => void (terminal && stream.write("\r\x1b[2K"));
  const tick = (): void => {
    if (!running) return;
    const line = `${running.title} ... ${seconds()}`;
    if (!terminal) stream.write(`${line}\n`);
    // A line that wraps could not be taken back.
    else stream.write(`\r\x1b[2K${line.slice(0, (stream.columns ?? 80) - 1)}`);
  };
  const end = (outcome: string, note?: string): void => {
    if (!running) return;
    clearInterval(running.timer);
    clear();
    stream.write(`${running.title}: ${outcome}, ${seconds()}${note ? ` (${note})` : ""}\n`);
    running = undefined;
  };

  return {
    step(title) {
      end("done");
      const timer = setInterval(tick, terminal ? terminalPeriod : logPeriod);
      timer.unref();
      running = { title, start: Date.now(), timer };
      stream.write(terminal ? `${title} ...` : `${title} ...\n`);
    },
    log(line) {
      clear();
      stream.write(`${line}\n`);
      if (terminal) tick();
    },
    done: (note) => {
      end("done", note);
    },
    failed: (note) => {
      end("failed", note);
    },
  };
}

/** Progress that nobody wants to see. */
export const silentProgress: Progress = {
  step: () => undefined,
  log: () => undefined,
  done: () => undefined,
  failed: () => undefined,
};
