import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import path from "node:path";

/** Replaces a file in one step, so that a crash leaves the old or the new content, never half of it. */
export function writeAtomic(file: string, content: string, mode = 0o600): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${String(process.pid)}.tmp`;
  const fd = openSync(temporary, "w", mode);
  try {
    writeSync(fd, content);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, file);
}

export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** A JSON document that is loaded once, changed in memory and written whole after each change. */
export class JsonFile<T> {
  readonly value: T;
  constructor(
    private readonly file: string,
    initial: T,
  ) {
    const text = readIfThere(file);
    this.value = text === undefined ? initial : (JSON.parse(text) as T);
  }
  save(): void {
    writeAtomic(this.file, `${JSON.stringify(this.value, null, 1)}\n`);
  }
}
