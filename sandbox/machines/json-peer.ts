import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";

/** An answer of QEMU's monitor or of the guest agent, or something that either tells by itself. */
interface Message {
  return?: unknown;
  error?: { class: string; desc: string };
  QMP?: unknown;
}

/** One conversation in JSON lines over a UNIX socket; both of QEMU's protocols have this form. */
export class JsonPeer {
  private readonly waiting: ((message: Message) => void)[] = [];
  private rest = "";

  private constructor(private readonly socket: net.Socket) {
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      const lines = (this.rest + text).split("\n");
      this.rest = lines.pop() ?? "";
      for (const line of lines) this.take(line);
    });
    const end = (): void => {
      for (const settle of this.waiting.splice(0)) {
        settle({ error: { class: "Closed", desc: "the machine ended meanwhile" } });
      }
    };
    socket.on("error", end);
    socket.on("close", end);
  }

  /** Connects to a socket in a folder, however long the folder's path is: that of a socket may have 107 bytes. */
  static async connect(folder: string, name: string): Promise<JsonPeer> {
    const handle = fs.openSync(folder, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
    try {
      const socket = net.connect({ path: path.join(`/proc/self/fd/${handle}`, name) });
      await new Promise<void>((resolve, reject) => {
        socket.once("connect", resolve);
        socket.once("error", reject);
      });
      socket.removeAllListeners("error");
      return new JsonPeer(socket);
    } finally {
      fs.closeSync(handle);
    }
  }

  /** Sends a command and gives what it returns. Errors: what the other side refuses with; no answer in time. */
  async ask<T>(execute: string, args: object = {}, timeoutMilliseconds = 10_000): Promise<T> {
    const answer = this.next(timeoutMilliseconds, `no answer to ${execute}`);
    this.socket.write(`${JSON.stringify({ execute, arguments: args })}\n`);
    const { error, return: value } = await answer;
    if (error) throw new Error(`${execute}: ${error.desc}`);
    return value as T;
  }

  /** The next message that is an answer. */
  next(timeoutMilliseconds: number, otherwise: string): Promise<Message> {
    return new Promise((resolve, reject) => {
      const settle = (message: Message): void => {
        clearTimeout(timer);
        resolve(message);
      };
      const timer = setTimeout(() => {
        const at = this.waiting.indexOf(settle);
        if (at >= 0) this.waiting.splice(at, 1);
        reject(new Error(`${otherwise} in ${timeoutMilliseconds / 1000} s`));
      }, timeoutMilliseconds);
      this.waiting.push(settle);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(line: string): void {
    // The agent begins some answers with a byte that no JSON has, to end what was there before.
    const text = line.replace(/^[^{]*/, "");
    if (text === "") return;
    let message: Message;
    try {
      message = JSON.parse(text) as Message;
    } catch {
      return;
    }
    if ("return" in message || message.error || message.QMP) this.waiting.shift()?.(message);
  }
}
