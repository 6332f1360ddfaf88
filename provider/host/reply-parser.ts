/** What the agent's output means, told as it arrives. */
export interface ReplyEvents {
  ready(nonce: string, reader: string, machineId: string): void;
  reply(id: number, reply: { code: number; stdout: Buffer; stderr: Buffer }): void;
  /** The stream cannot be followed any more. */
  fail(reason: string): void;
}

/** Splits the agent's output into greetings and results, exact to the byte. */
export class ReplyParser {
  private chunks: Buffer[] = [];
  private size = 0;
  private body: { id: number; code: number; out: number; err: number } | undefined;
  private greeted = false;
  private failed = false;

  constructor(private readonly events: ReplyEvents) {}

  push(data: Buffer): void {
    this.chunks.push(data);
    this.size += data.length;
    while (!this.failed && this.step());
  }

  /** Takes one line or one body off the front; false when more has to arrive first. */
  private step(): boolean {
    if (this.size === 0) return false;
    if (this.body) {
      const { id, code, out, err } = this.body;
      const trailer = `end ${id}\n`;
      const need = out + err + trailer.length;
      if (this.size < need) return false;
      const data = this.take(need);
      if (data.toString("latin1", out + err) !== trailer) return this.fail("out of step");
      this.body = undefined;
      this.events.reply(id, {
        code,
        stdout: data.subarray(0, out),
        stderr: data.subarray(out, out + err),
      });
      return true;
    }
    const end = this.join().indexOf(10);
    if (end < 0) return this.size > 65_536 ? this.fail("a line without an end") : false;
    this.line(this.take(end + 1).toString("latin1", 0, end));
    return true;
  }

  private line(text: string): void {
    const [word, ...rest] = text.split(" ");
    if (word === "ready" && rest.length === 3) {
      this.greeted = true;
      this.events.ready(rest[0]!, rest[1]!, rest[2]!);
    } else if (word === "res" && rest.length === 4 && rest.every((part) => /^\d+$/.test(part))) {
      const [id, code, out, err] = rest.map(Number) as [number, number, number, number];
      this.body = { id, code, out, err };
    } else if (this.greeted) {
      // Before the greeting a login script's words are normal; after it nothing else may come.
      this.fail(`an unexpected line of ${text.length} characters`);
    }
  }

  private fail(reason: string): false {
    this.failed = true;
    this.events.fail(`the reply stream is broken: ${reason}`);
    return false;
  }

  private join(): Buffer {
    if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks)];
    return this.chunks[0] ?? Buffer.alloc(0);
  }

  private take(bytes: number): Buffer {
    const all = this.join();
    this.chunks = bytes < all.length ? [all.subarray(bytes)] : [];
    this.size -= bytes;
    return all.subarray(0, bytes);
  }
}
